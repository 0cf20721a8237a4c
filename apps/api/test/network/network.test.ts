import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { promisify } from 'node:util'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildServer, createLog } from '../../src/index.ts'
import type { NetworkOptions } from '../../src/network/network.ts'
import {
  ADMIN_KEY,
  BOT_KEY,
  call,
  type FleetApi,
  keyRingOf,
  mutate,
  query,
  startFleetApi,
} from '../fleet-api.ts'

let base: FleetApi
const ends: (() => unknown)[] = []
beforeAll(async () => {
  base = await startFleetApi()
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(() => base?.close())

/** Starts the API again, behind network options of the test's own. */
async function behind(
  network: NetworkOptions,
  prepare?: (server: FastifyInstance) => unknown,
): Promise<FleetApi> {
  const server = buildServer({
    fleet: base.fleet,
    keyRing: keyRingOf(base.fleet),
    log: createLog('silent'),
    drainMs: 100,
    network,
  })
  prepare?.(server)
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  ends.push(() => server.close())
  return { ...base, server, address }
}

/** Stops the clock by which limits refill, so that they do not refill while a busy machine makes the calls. */
function stopClock(): { move(ms: number): void } {
  let atMs = performance.now()
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => atMs)
  ends.push(() => spy.mockRestore())
  return {
    move(ms) {
      atMs += ms
    },
  }
}

const wrongKey = () => `zf_bot_${randomBytes(6).toString('hex')}_${randomBytes(32).toString('base64url')}`

describe('headers', () => {
  it('are on every answer: good, refused, missing, a stream', async () => {
    const api = await behind({})
    const stream = await fetch(`${api.address}/trpc/instance.onChange`, {
      headers: { 'x-api-key': ADMIN_KEY },
    })
    ends.push(() => stream.body?.cancel())
    const answers = [
      await query(api, 'instance.list', {}),
      await call(`${api.address}/trpc/instance.list`),
      await call(`${api.address}/nothing-here`),
      await call(`${api.address}/health/live`),
      stream,
    ]
    for (const { headers } of answers) {
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('strict-transport-security')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
      expect(headers.get('server')).toBeNull()
      expect(headers.get('x-powered-by')).toBeNull()
    }
    expect(answers[0]?.headers.get('cache-control')).toBe('no-store')
  })

  it('have HSTS only where a trusted proxy reports TLS', async () => {
    const hsts = async (network: NetworkOptions) => {
      const api = await behind(network)
      const { headers } = await call(`${api.address}/health/live`, {
        headers: { 'x-forwarded-proto': 'https' },
      })
      return headers.get('strict-transport-security')
    }
    expect(await hsts({})).toBeNull()
    expect(await hsts({ trustProxy: 1 })).toMatch(/^max-age=/)
  })
})

describe('pages of other origins', () => {
  const preflight = (api: FleetApi, origin: string) =>
    fetch(`${api.address}/trpc/instance.list`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'x-api-key',
      },
    })

  it('are refused by default', async () => {
    const api = await behind({})
    const { headers } = await preflight(api, 'https://panel.example.com')
    expect(headers.get('access-control-allow-origin')).toBeNull()
  })

  it('may call when their origin is configured, and no other', async () => {
    const api = await behind({ corsOrigins: ['https://panel.example.com'] })
    const allowed = await preflight(api, 'https://panel.example.com')
    expect(allowed.status).toBe(204)
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://panel.example.com')
    expect(allowed.headers.get('access-control-allow-headers')).toContain('x-api-key')
    expect(allowed.headers.get('access-control-allow-credentials')).toBeNull()
    for (const origin of ['https://evil.example.com', 'https://panel.example.com.evil.com', 'null'])
      expect((await preflight(api, origin)).headers.get('access-control-allow-origin')).toBeNull()
    const { status, headers } = await call(`${api.address}/trpc/instance.list`, {
      key: BOT_KEY,
      headers: { origin: 'https://panel.example.com' },
    })
    expect(status).toBe(200)
    expect(headers.get('access-control-allow-origin')).toBe('https://panel.example.com')
    expect(headers.get('vary')).toMatch(/origin/i)
  })
})

describe('wrong keys', () => {
  it('of one address are refused past the limit, with the time to wait, while right ones from there are accepted', async () => {
    const api = await behind({ limits: { wrongKeysPerMinute: 6 } })
    stopClock()
    const answers = []
    for (let i = 0; i < 8; i++) answers.push(await query(api, 'key.whoAmI', {}, wrongKey()))
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 401, 429, 429])
    const { headers, body } = answers[6] as (typeof answers)[number]
    expect(body.error.data).toMatchObject({ code: 'TOO_MANY_REQUESTS', fleet: { code: 'RATE_LIMITED' } })
    const waitMs = Date.parse(body.error.data.fleet.availableAt) - Date.now()
    expect(waitMs).toBeGreaterThan(0)
    expect(waitMs).toBeLessThanOrEqual(10_000)
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    // Behind the same proxy or NAT: neither a right key nor a new one is refused.
    expect((await query(api, 'key.whoAmI', {}, BOT_KEY)).status).toBe(200)
    const made = await mutate(api, 'key.create', { label: 'new', role: 'bot' })
    expect((await query(api, 'key.whoAmI', {}, made.body.result.data.secret)).status).toBe(200)
    // In the format of the Portuguese routes as well.
    const rest = await call(`${api.address}/admin/instances`, { key: wrongKey(), body: {} })
    expect([rest.status, Object.keys(rest.body)]).toEqual([429, ['detail']])
  })

  it('past the limit are refused a quarter of a second later each', async () => {
    const api = await behind({ limits: { wrongKeysPerMinute: 1 } })
    const refuse = () => call(`${api.address}/trpc/key.whoAmI`, { key: wrongKey() })
    expect((await refuse()).status).toBe(401)
    const startedAt = process.hrtime.bigint()
    for (let i = 0; i < 4; i++) expect((await refuse()).status).toBe(429)
    expect(Number(process.hrtime.bigint() - startedAt) / 1e6).toBeGreaterThan(4 * 250 - 20)
  })

  it('are counted by the address that a trusted proxy names, and by no header of a caller', async () => {
    const from = (api: FleetApi, forwarded: string) =>
      call(`${api.address}/trpc/key.whoAmI`, { key: wrongKey(), headers: { 'x-forwarded-for': forwarded } })
    const statuses = async (network: NetworkOptions, addresses: string[]) => {
      const api = await behind({ ...network, limits: { wrongKeysPerMinute: 1 } })
      const seen = []
      for (const address of addresses) seen.push((await from(api, address)).status)
      return seen
    }
    const two = ['203.0.113.1', '203.0.113.2', '203.0.113.1']
    expect(await statuses({}, two)).toEqual([401, 429, 429])
    expect(await statuses({ trustProxy: 1 }, two)).toEqual([401, 401, 429])
    expect(await statuses({ trustProxy: ['127.0.0.0/8'] }, two)).toEqual([401, 401, 429])
    expect(await statuses({ trustProxy: ['10.0.0.0/8'] }, two)).toEqual([401, 429, 429])
    // The value that a caller writes before the proxy's own is ignored.
    expect(await statuses({ trustProxy: 1 }, ['1.1.1.1, 203.0.113.9', '2.2.2.2, 203.0.113.9'])).toEqual([
      401, 429,
    ])
  })
})

describe('a key', () => {
  it('that calls too often gets the time of its next call, alone, and a batch counts as its calls', async () => {
    const api = await behind({ limits: { callsPerSecond: 4 } })
    const clock = stopClock()
    const batch = (calls: number, key: string) =>
      call(
        `${api.address}/trpc/${Array(calls).fill('key.whoAmI').join(',')}?batch=1&input=${encodeURIComponent('{}')}`,
        { key },
      )
    expect((await batch(18, BOT_KEY)).status).toBe(200)
    const { status, headers, body } = await batch(15, BOT_KEY)
    expect(status).toBe(429)
    expect(body.error.data.fleet.code).toBe('RATE_LIMITED')
    expect(body.error.message).toContain('KEY_CALLS_PER_SECOND')
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
    expect((await batch(18, ADMIN_KEY)).status).toBe(200)
    const waitMs = Math.ceil(((18 + 15 - 20) / 4) * 1_000)
    expect(Date.parse(body.error.data.fleet.availableAt) - Date.now()).toBeLessThanOrEqual(waitMs)
    clock.move(waitMs - 10)
    expect((await batch(15, BOT_KEY)).status).toBe(429)
    clock.move(10)
    expect((await batch(15, BOT_KEY)).status).toBe(200)
  })

  it('may hold so many streams and no more, and another when one has ended', async () => {
    const api = await behind({ limits: { streamsPerKey: 2 } })
    const open = async () => {
      const stop = new AbortController()
      const response = await fetch(`${api.address}/trpc/instance.onChange`, {
        headers: { 'x-api-key': ADMIN_KEY },
        signal: stop.signal,
      })
      return { status: response.status, body: response, end: () => stop.abort() }
    }
    const [first, second] = [await open(), await open()]
    ends.push(() => second.end())
    expect([first.status, second.status]).toEqual([200, 200])
    const third = await open()
    expect(third.status).toBe(429)
    expect(await third.body.json()).toMatchObject({
      error: { data: { fleet: { code: 'RATE_LIMITED', availableAt: null } } },
    })
    expect((await query(api, 'instance.list', {})).status).toBe(200)
    first.end()
    let status = 429
    while (status === 429) {
      const again = await open()
      ends.push(() => again.end())
      status = again.status
    }
    expect(status).toBe(200)
  })
})

describe('connections of slow peers are closed', () => {
  const slow: NetworkOptions = { timeouts: { headersMs: 300, requestMs: 600, silenceMs: 2_000 } }

  /** Connects, writes, and returns what was received once the connection is closed. */
  function converse(api: FleetApi, write: (socket: Socket) => void): Promise<string> {
    const { port } = new URL(api.address)
    return new Promise((resolve) => {
      let heard = ''
      const socket = connect(Number(port), '127.0.0.1', () => write(socket))
      ends.push(() => socket.destroy())
      socket.on('data', (chunk) => {
        heard += chunk
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(heard))
    })
  }
  /** A piece now and then, without end. */
  function trickle(socket: Socket, piece: string): void {
    const timer = setInterval(() => socket.write(piece), 50)
    socket.on('close', () => clearInterval(timer))
  }

  it('when they send nothing, or their headers never end', async () => {
    const api = await behind(slow)
    const heard = await Promise.all([
      converse(api, () => {}),
      converse(api, (socket) => {
        socket.write('GET /health/live HTTP/1.1\r\nhost: a\r\n')
        trickle(socket, 'x-more: 1\r\n')
      }),
    ])
    for (const words of heard) expect(words).toMatch(/^(HTTP\/1\.1 408 [\s\S]*)?$/)
    expect(heard.join('')).not.toMatch(/ at |node:/)
  })

  it('when their body never ends', async () => {
    const api = await behind(slow)
    const heard = await converse(api, (socket) => {
      socket.write(
        `POST /trpc/reservation.reserve HTTP/1.1\r\nhost: a\r\nx-api-key: ${BOT_KEY}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n`,
      )
      trickle(socket, ' ')
    })
    expect(heard).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('when they do not read their answer', async () => {
    // More than the buffers between the two sides hold.
    const large = 'x'.repeat(64 * 1024 * 1024)
    const api = await behind(slow, (server) => server.get('/large', async () => large))
    let reader: Socket | null = null
    const heard = converse(api, (socket) => {
      reader = socket
      // The first piece is read, and then no more.
      socket.once('data', () => socket.pause())
      socket.write('GET /large HTTP/1.1\r\nhost: a\r\n\r\n')
    })
    const open = () => promisify(api.server.server.getConnections.bind(api.server.server))()
    await vi.waitFor(async () => expect(await open()).toBe(1), { timeout: 60_000 })
    await vi.waitFor(async () => expect(await open()).toBe(0), { timeout: 60_000 })
    // Data that had arrived before the cut is read at the end.
    ;(reader as Socket | null)?.resume()
    const words = await heard
    expect(words).toMatch(/^HTTP\/1\.1 200 /)
    expect(words.length).toBeLessThan(large.length)
    expect((await call(`${api.address}/health/live`)).status).toBe(200)
  })
})

describe('GET /health/instances', () => {
  it('needs no key by default, and a key of any role where it is closed', async () => {
    expect((await call(`${base.address}/health/instances`)).status).toBe(200)
    const server = buildServer({
      fleet: base.fleet,
      keyRing: keyRingOf(base.fleet),
      log: createLog('silent'),
      healthOpen: false,
    })
    ends.push(() => server.close())
    const address = await server.listen({ host: '127.0.0.1', port: 0 })
    const refused = await call(`${address}/health/instances`)
    expect(refused.status).toBe(401)
    expect(refused.body.detail).toEqual(expect.any(String))
    expect((await call(`${address}/health/instances`, { key: wrongKey() })).status).toBe(401)
    for (const key of [BOT_KEY, ADMIN_KEY])
      expect((await call(`${address}/health/instances`, { key })).body).toHaveProperty('online')
    for (const path of ['/health/live', '/health/ready'])
      expect((await call(`${address}${path}`)).status).toBe(200)
  })
})
