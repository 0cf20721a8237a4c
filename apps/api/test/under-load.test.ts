import { randomBytes } from 'node:crypto'
import { Agent, get } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
    edge: { limits: { callsPerSecond: 100_000, wrongKeysPerMinute: 30, streamsPerKey: 50 } },
  })
  api = { ...base, server, address: await server.listen({ host: '127.0.0.1', port: 0 }) }
  close = () => server.close()
})
afterAll(async () => {
  await close?.()
  await base?.close()
})

/** Calls one after the other over a few connections, until told to stop; counts the answers by status. */
function callOn(key: () => string, callers: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const statuses = new Map<number, number>()
  const tookMs: number[] = []
  let isOver = false
  const one = async (): Promise<void> => {
    while (!isOver) {
      const startedAtMs = performance.now()
      const status = await ask(agent, key())
      tookMs.push(performance.now() - startedAtMs)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  const running = Array.from({ length: callers }, one)
  return {
    statuses,
    tookMs,
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

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

describe('under load', () => {
  it('a key is rotated again and again, and no call fails', async () => {
    let { key, secret } = (await mutate(api, 'key.create', { label: 'bot', role: 'bot' })).body.result.data
    const load = callOn(() => secret, 16)
    for (let turn = 0; turn < 5; turn++) {
      const rotated = (await mutate(api, 'key.rotate', { id: key.id, graceSeconds: 60 })).body.result.data
      key = rotated.key
      secret = rotated.secret
      const before = load.tookMs.length
      while (load.tookMs.length < before + 100) await new Promise((next) => setTimeout(next, 5))
    }
    await load.end()
    expect([...load.statuses.keys()]).toEqual([200])
    expect(load.tookMs.length).toBeGreaterThan(500)
  })

  it('ten thousand wrong keys slow nobody else down', async () => {
    const { secret } = (await mutate(api, 'key.create', { label: 'bot', role: 'bot' })).body.result.data
    const goodFor = async (calls: number): Promise<{ statuses: number[]; medianMs: number }> => {
      const load = callOn(() => secret, 4)
      while (load.tookMs.length < calls) await new Promise((next) => setTimeout(next, 5))
      await load.end()
      return { statuses: [...load.statuses.keys()], medianMs: median(load.tookMs) }
    }
    await goodFor(200)
    const alone = await goodFor(600)

    // Unknown ones, of which the database is asked; a known id with another secret; and what is no key at all.
    const wrong = Array.from({ length: 10_000 }, (_, i) => {
      const random = randomBytes(32).toString('base64url')
      if (i % 4 === 0) return random
      return i % 4 === 1
        ? secret.slice(0, -43) + random
        : `zf_bot_${randomBytes(6).toString('hex')}_${random}`
    })
    const agent = new Agent({ keepAlive: true, maxSockets: 200 })
    const refused = new Map<number, number>()
    let next = 0
    const flood = Promise.all(
      Array.from({ length: 200 }, async () => {
        for (let key = wrong[next++]; key !== undefined; key = wrong[next++]) {
          const status = await ask(agent, key)
          refused.set(status, (refused.get(status) ?? 0) + 1)
        }
      }),
    )
    const meanwhile = await goodFor(600)
    await flood
    agent.destroy()

    expect([...refused.keys()].sort()).toEqual([401, 429])
    expect((refused.get(401) ?? 0) + (refused.get(429) ?? 0)).toBe(10_000)
    expect(refused.get(429)).toBeGreaterThan(9_000)
    expect([alone.statuses, meanwhile.statuses]).toEqual([[200], [200]])
    // Both share two processors with the flood itself.
    console.log(
      `a call: ${alone.medianMs.toFixed(2)} ms alone, ${meanwhile.medianMs.toFixed(2)} ms in the flood`,
    )
    expect(meanwhile.medianMs / alone.medianMs).toBeLessThan(10)
  })
})
