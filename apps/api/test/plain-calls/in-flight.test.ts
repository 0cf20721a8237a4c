import { connect } from 'node:net'
import { FleetError } from '@zapfleet/core'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { ServerParts } from '../../src/index.ts'
import { BOT_KEY, type FleetApi, mutate, startFleetApi } from '../fleet-api.ts'
import {
  byAdapter,
  bytesOf,
  exchange,
  expectSame,
  type Loud,
  type Sent,
  shown,
  startLoud,
} from './both-ways.ts'

let base: FleetApi
let database: pg.Client
const ends: (() => unknown)[] = []
beforeAll(async () => {
  base = await startFleetApi()
  database = new pg.Client({ connectionString: base.database.url })
  await database.connect()
  await database.query(
    `insert into public.whatsapp_instances (nome, status, capacidade_hora, capacidade_dia)
     values ('vendas', 'connected', 100000, 100000)`,
  )
})
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})
afterAll(async () => {
  await database?.end()
  await base?.close()
})

function reserve(more: { key?: string; headers?: Sent['headers']; input?: object } = {}): Sent {
  const { key = BOT_KEY, headers = [], input = {} } = more
  return {
    target: '/trpc/reservation.reserve',
    headers: [['content-type', 'application/json'], ['x-api-key', key], ...headers],
    body: JSON.stringify(input),
  }
}

/** A server whose calls are counted when they have passed all checks. */
async function start(parts: Partial<ServerParts> = {}): Promise<Loud & { begun: () => number }> {
  let begun = 0
  const api = await startLoud(base, parts, (server) => {
    server.addHook('preHandler', (_request, _reply, done) => {
      begun++
      done()
    })
  })
  ends.push(() => api.close())
  return { ...api, begun: () => begun }
}

/** Keeps every reserve waiting until the returned function is called. */
async function holdReserves(): Promise<() => Promise<unknown>> {
  await database.query('begin; lock table zapfleet.reservations in access exclusive mode')
  return () => database.query('rollback')
}

const countRows = async (): Promise<number> =>
  (await database.query('select count(*)::int n from zapfleet.reservations')).rows[0].n

describe('a call in flight', () => {
  it('whose client goes away is counted, and the server continues', async () => {
    const api = await start()
    const before = await countRows()
    const release = await holdReserves()
    for (const request of [reserve(), byAdapter(reserve())]) {
      const socket = connect(Number(new URL(api.address).port), '127.0.0.1')
      const begun = api.begun()
      socket.write(bytesOf(request, true))
      await vi.waitFor(() => expect(api.begun()).toBe(begun + 1))
      socket.destroy()
    }
    await release()
    await vi.waitFor(async () => expect(await countRows()).toBe(before + 2), 10_000)
    await expectSame(api, reserve())
    expect(api.lines.filter((line) => /"level":"(warn|error|fatal)"/.test(line))).toEqual([])
  })

  it('is finished while the server closes', async () => {
    const api = await start({ drainMs: 10_000 })
    const release = await holdReserves()
    const answers = [reserve(), byAdapter(reserve())].map((request) => exchange(api.address, [request]))
    await vi.waitFor(() => expect(api.begun()).toBe(2))
    const closed = api.close()
    await release()
    const [alone, adapter] = (await Promise.all(answers)).flat()
    await closed
    if (!alone || !adapter) throw new Error('expected two answers')
    expect([alone.status, alone.framing, adapter.framing]).toEqual(['HTTP/1.1 200 OK', 'length', 'chunked'])
    expect(shown(alone)).toEqual(shown(adapter))
  })
})

describe('the options of a server', () => {
  it('for the announced stop end the connection', async () => {
    const api = await start({ departure: { announced: true } })
    const kept = {
      ...reserve(),
      headers: [...(reserve().headers ?? []), ['connection', 'keep-alive'] as const],
    }
    const { alone } = await expectSame(api, kept)
    expect([alone.framing, alone.headers.includes('connection: close')]).toEqual(['length', true])
  })

  it.each([
    ['an allowed origin', 'https://panel.example.com'],
    ['another origin', 'https://evil.example.com'],
    ['no origin', null],
  ])('for other origins have the same headers: %s', async (_, origin) => {
    const api = await start({
      network: { corsOrigins: ['https://panel.example.com', 'https://other.example.com'] },
    })
    const headers = origin === null ? [] : [['origin', origin] as const]
    for (const input of [{}, { extra: 1 }]) {
      const { alone } = await expectSame(api, reserve({ headers, input }))
      expect([alone.framing, alone.headers.includes('vary: trpc-accept, accept, Origin')]).toEqual([
        'length',
        true,
      ])
    }
  })

  it('for a proxy with TLS have the same headers', async () => {
    const api = await start({ network: { trustProxy: 1 } })
    const headers = [['x-forwarded-proto', 'https'] as const, ['x-forwarded-for', '203.0.113.7'] as const]
    const { alone } = await expectSame(api, reserve({ headers }))
    expect(alone.headers.join()).toContain('strict-transport-security')
  })

  it('for calls per second refuse the same calls', async () => {
    const api = await start({ network: { limits: { callsPerSecond: 0.2 } } })
    const keyOf = async () =>
      (await mutate(base, 'key.create', { label: 'often', role: 'bot' })).body.result.data.secret
    const calls = async (way: (sent: Sent) => Sent) => {
      const key = await keyOf()
      const answers = await exchange(api.address, Array(3).fill(way(reserve({ key }))))
      return answers.map(({ headers, ...rest }) => ({ ...rest, headers: headers.map(withoutWait) }))
    }
    const alone = await calls((sent) => sent)
    expect(alone.map(({ status }) => status.slice(9, 12))).toEqual(['200', '429', '429'])
    expect(alone.map(shown)).toEqual((await calls(byAdapter)).map(shown))
  })
})

const withoutWait = (header: string): string => header.replace(/^(retry-after: )\d+$/, '$1n')

describe('a failure of the server', () => {
  it.each([
    ['a defect', 500, new Error('inside')],
    ['no database', 503, new FleetError('DATABASE_UNAVAILABLE', 'The database does not answer.')],
    ['too many calls', 503, new FleetError('OVERLOADED', 'The queue is full.')],
    [
      'a full fleet',
      429,
      new FleetError('NO_CAPACITY', 'Full.', { availableAt: null, reasons: { HOURLY_LIMIT: 1 } }),
    ],
  ])('has the same answer and log lines: %s', async (_, status, thrown) => {
    const engine = {
      submit() {
        throw thrown
      },
    }
    const run = async (request: Sent) => {
      // A server for each: a failure is logged once in ten seconds.
      const api = await start({ fleet: { ...base.fleet, engine: engine as never } })
      const [answer] = await exchange(api.address, [request])
      if (answer === undefined) throw new Error('expected an answer')
      await vi.waitFor(() => expect(api.lines.join()).toContain('"answered"'))
      const lines = api.lines.map((line) => ({ ...JSON.parse(line), time: 0, tookMs: 0, err: undefined }))
      return { answer, lines }
    }
    const two = 'reservation.reserve,reservation.reserve?batch=1'
    for (const request of [reserve(), { ...reserve({ input: { 1: {} } }), target: `/trpc/${two}` }]) {
      const alone = await run(request)
      const adapter = await run(byAdapter(request))
      expect([alone.answer.framing, adapter.answer.framing]).toEqual(['length', 'chunked'])
      expect(alone.answer.status).toContain(` ${status} `)
      expect(alone.answer.body).not.toContain('inside')
      expect(shown(alone.answer)).toEqual(shown(adapter.answer))
      expect(alone.lines.length).toBeGreaterThan(1)
      expect(alone.lines).toEqual(adapter.lines)
    }
  })
})
