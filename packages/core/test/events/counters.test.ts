import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBell } from '../../src/events/bell.ts'
import { sampleCounters } from '../../src/events/sample-counters.ts'
import { recordSend, reserve, silentLog } from '../../src/index.ts'
import { addInstances, clearFleet, testFleet } from '../support/fleet.ts'
import { type Listener, listenTo } from './listen-to.ts'

const { fleet, sql, url } = await testFleet()
const listeners: Listener[] = []

async function listen(lastEventId?: string): Promise<Listener> {
  const listener = await listenTo(fleet.events, lastEventId)
  listeners.push(listener)
  return listener
}

beforeEach(async () => {
  await clearFleet(sql)
  await addInstances(sql, ['a', 'b', 'c'])
})
afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.leave()))
})

const told = (listener: Listener) =>
  listener.counters.map(({ instances }) => instances.map((one) => [one.name, one.sentToday]))

describe('the counters on the stream', () => {
  it('are told of the instances whose counters moved, and of no other', async () => {
    const listener = await listen()
    await recordSend(fleet, { name: 'b' })
    await vi.waitFor(() => expect(told(listener)).toEqual([[['b', 1]]]), { timeout: 4_000 })
    await sql(`update whatsapp_instances set prioridade = 9 where nome = 'a'`)
    await recordSend(fleet, { name: 'c' })
    await vi.waitFor(() => expect(told(listener)).toEqual([[['b', 1]], [['c', 1]]]), { timeout: 4_000 })
    expect(Object.keys(listener.counters[0] ?? {}).sort()).toEqual(['instances', 'type'])
  })

  it('are told when an instance becomes available or stops being so', async () => {
    const listener = await listen()
    await sql(`update whatsapp_instances set pausada = true where nome = 'a'`)
    await vi.waitFor(() => expect(listener.counters).toHaveLength(1), { timeout: 4_000 })
    expect(listener.counters[0]?.instances).toMatchObject([{ name: 'a', available: false }])
  })

  it('come at most once a second, however much is sent', async () => {
    const listener = await listen()
    const startedAtMs = performance.now()
    let sent = 0
    while (performance.now() - startedAtMs < 2_500) {
      await reserve(fleet, { strategy: 'least_loaded' })
      if (++sent === 55) break
    }
    await vi.waitFor(
      () => {
        const last = new Map(told(listener).flat() as [string, number][])
        expect([...last.values()].reduce((a, b) => a + b, 0)).toBe(sent)
      },
      { timeout: 4_000 },
    )
    const seconds = (performance.now() - startedAtMs) / 1_000
    expect(listener.counters.length).toBeLessThanOrEqual(Math.ceil(seconds) + 1)
  })

  it('are all told once to a subscriber that comes back', async () => {
    await recordSend(fleet, { name: 'b' })
    const listener = await listen('0')
    await vi.waitFor(() => expect(listener.counters.length).toBeGreaterThan(0), { timeout: 4_000 })
    expect(told(listener)[0]).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 0],
    ])
  })

  it('notify nobody: a send commits without one', async () => {
    const notices: string[] = []
    const ear = new pg.Client({ connectionString: url })
    await ear.connect()
    ear.on('notification', (notice) => notices.push(notice.channel))
    await ear.query('listen zapfleet_events')
    await reserve(fleet, {})
    await recordSend(fleet, { name: 'a' })
    // Notifications come in the order of the commits: after this one, none of the sends is still under way.
    await sql(`select pg_notify('zapfleet_events', '')`)
    await vi.waitFor(() => expect(notices.length).toBeGreaterThan(0))
    expect(notices).toEqual(['zapfleet_events'])
    await ear.end()
  })
})

describe('the sampler', () => {
  type Told = { event_id: string | null; sent: number }

  /** A database that answers each sample as told, and counts them. */
  function scripted(first: Told) {
    const answer = { now: first, samples: 0 }
    const sampler = sampleCounters({
      sql: {
        run: async () => {
          answer.samples++
          const at = new Date('2026-03-10T12:30Z')
          const facts = [
            {
              nome: 'a',
              status: 'connected',
              msgs_enviadas_dia: answer.now.sent,
              janela_dia: at.toISOString(),
            },
          ]
          const { event_id } = answer.now
          return [{ at, hour_start: at, day_start: at, last_round_at: null, event_id, facts }] as never
        },
      } as never,
      timeZone: 'UTC',
      clock: () => null,
      log: silentLog,
      bell: createBell(),
    })
    return { sampler, answer }
  }

  it('keeps a reading back that is older than the event a subscriber has seen', async () => {
    const { sampler, answer } = scripted({ event_id: '5', sent: 0 })
    const leave = sampler.join()
    await sampler.ready()
    const seen = sampler.present()
    answer.now = { event_id: '6', sent: 1 }
    await vi.waitFor(() => expect(sampler.since(seen, 6n)).not.toBeNull(), { timeout: 3_000 })
    expect(sampler.since(seen, 7n)).toBeNull()
    expect(sampler.since(seen, 6n)?.instances).toMatchObject([{ name: 'a', sentToday: 1 }])
    leave()
  })

  it('reads only while somebody is there, and then begins anew', async () => {
    const { sampler, answer } = scripted({ event_id: null, sent: 0 })
    const leave = sampler.join()
    await sampler.ready()
    leave()
    leave()
    const { samples } = answer
    vi.useFakeTimers()
    await vi.advanceTimersByTimeAsync(5_000)
    vi.useRealTimers()
    expect(answer.samples).toBe(samples)
    answer.now = { event_id: null, sent: 4 }
    const leaveAgain = sampler.join()
    await sampler.ready()
    // What moved while nobody was there is the past of whoever comes now.
    expect(sampler.since(sampler.present(), 0n)).toBeNull()
    expect(sampler.since(0, 0n)?.instances).toHaveLength(1)
    leaveAgain()
  })
})
