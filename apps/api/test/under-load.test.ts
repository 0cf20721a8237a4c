import { randomBytes } from 'node:crypto'
import { Agent, get } from 'node:http'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildServer, createLog } from '../src/index.ts'
import { type FleetApi, keyRingOf, mutate, startFleetApi } from './fleet-api.ts'

let base: FleetApi
let api: FleetApi
let close: () => Promise<void>
beforeAll(async () => {
  base = await startFleetApi()
  const server = buildServer({
    fleet: base.fleet,
    keyRing: keyRingOf(base.fleet),
    log: createLog('silent'),
    network: { limits: { callsPerSecond: 100_000, wrongKeysPerMinute: 30, streamsPerKey: 50 } },
  })
  api = { ...base, server, address: await server.listen({ host: '127.0.0.1', port: 0 }) }
  close = () => server.close()
})
afterAll(async () => {
  await close?.()
  await base?.close()
})

/** Calls one after the other over a few connections, until stopped; counts the answers by status. */
function callOn(key: () => string, callers: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const statuses = new Map<number, number>()
  let answered = 0
  let isOver = false
  const one = async (): Promise<void> => {
    while (!isOver) {
      const status = await ask(agent, key())
      answered++
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  const running = Array.from({ length: callers }, one)
  return {
    statuses,
    answered: () => answered,
    async end() {
      isOver = true
      await Promise.all(running)
      agent.destroy()
    },
  }
}

function ask(agent: Agent, key: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-api-key': key }
    get(`${api.address}/trpc/key.whoAmI`, { agent, headers }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    }).on('error', reject)
  })
}

describe('under load', () => {
  it('a key is rotated again and again, and no call fails', async () => {
    let { key, secret } = (await mutate(api, 'key.create', { label: 'bot', role: 'bot' })).body.result.data
    const load = callOn(() => secret, 16)
    for (let turn = 0; turn < 5; turn++) {
      const rotated = (await mutate(api, 'key.rotate', { id: key.id, graceSeconds: 60 })).body.result.data
      key = rotated.key
      secret = rotated.secret
      const before = load.answered()
      while (load.answered() < before + 100) await new Promise((next) => setTimeout(next, 5))
    }
    await load.end()
    expect([...load.statuses.keys()]).toEqual([200])
    expect(load.answered()).toBeGreaterThan(500)
  })

  it('wrong keys at a high rate cost a bounded number of database reads, and calls of a right key are answered meanwhile', async () => {
    const { secret } = (await mutate(api, 'key.create', { label: 'bot', role: 'bot' })).body.result.data
    expect(await ask(new Agent(), secret)).toBe(200)

    // Unknown ones, for which the database is read; a known id with another secret; and text that is no key.
    const wrongKey = (i: number): string => {
      const random = randomBytes(32).toString('base64url')
      if (i % 4 === 0) return random
      return i % 4 === 1
        ? secret.slice(0, -43) + random
        : `zf_bot_${randomBytes(6).toString('hex')}_${random}`
    }
    const run = vi.spyOn(api.fleet.sql, 'run')
    const keyReads = () => run.mock.calls.filter(([{ name }]) => name.includes('live_keys')).length
    const startedAtMs = performance.now()
    const agent = new Agent({ keepAlive: true, maxSockets: 200 })
    const refused = new Map<number, number>()
    let sent = 0
    const load = callOn(() => secret, 4)
    // The calls last until 40 calls of the right key were answered, and include 4,000 wrong keys at least.
    await Promise.all(
      Array.from({ length: 200 }, async () => {
        while (sent < 4_000 || load.answered() <= 40) {
          const status = await ask(agent, wrongKey(sent++))
          refused.set(status, (refused.get(status) ?? 0) + 1)
        }
      }),
    )
    await load.end()
    agent.destroy()
    const seconds = (performance.now() - startedAtMs) / 1_000

    expect([...refused.keys()].sort()).toEqual([401, 429])
    expect((refused.get(401) ?? 0) + (refused.get(429) ?? 0)).toBe(sent)
    expect(sent).toBeGreaterThanOrEqual(4_000)
    // 30 wrong keys at once, and 30 a minute.
    expect(refused.get(401)).toBeLessThanOrEqual(30 + Math.ceil(seconds / 2))
    expect([...load.statuses.keys()]).toEqual([200])
    // All unknown keys of 0.1 s share a read; one more a second polls.
    expect(keyReads()).toBeLessThanOrEqual(11 * seconds + 2)
    run.mockRestore()
  })
})
