import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sampleCounters } from '../../src/events/sample-counters.ts'
import { clientIds } from '../../src/ground/client-ids.ts'
import { createWaiters } from '../../src/ground/waiters.ts'
import { recordSend, reserve, silentLog } from '../../src/index.ts'
import { READ_FIELDS } from '../../src/instance/columns.ts'
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
  it('are published for the instances whose counters changed, and for no other', async () => {
    const listener = await listen()
    await recordSend(fleet, { name: 'b' })
    await vi.waitFor(() => expect(told(listener)).toEqual([[['b', 1]]]), { timeout: 60_000 })
    await sql(`update whatsapp_instances set prioridade = 9 where nome = 'a'`)
    await recordSend(fleet, { name: 'c' })
    await vi.waitFor(() => expect(told(listener)).toEqual([[['b', 1]], [['c', 1]]]), { timeout: 60_000 })
    expect(Object.keys(listener.counters[0] ?? {}).sort()).toEqual(['instances', 'type'])
  })

  it('are published when an instance becomes available or unavailable', async () => {
    const listener = await listen()
    await sql(`update whatsapp_instances set pausada = true where nome = 'a'`)
    await vi.waitFor(() => expect(listener.counters).toHaveLength(1), { timeout: 60_000 })
    expect(listener.counters[0]?.instances).toMatchObject([{ name: 'a', available: false }])
  })

  it('are published when another program changes tags, which stores no event', async () => {
    const listener = await listen()
    await sql(`update whatsapp_instances set etiquetas = '{vendas}' where nome = 'a'`)
    await vi.waitFor(() => expect(listener.counters).toHaveLength(1), { timeout: 60_000 })
    expect(listener.counters[0]?.instances).toMatchObject([{ name: 'a', tags: ['vendas'] }])
  })

  it('are published at most once a second, however many messages are sent', async () => {
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
      { timeout: 60_000 },
    )
    const seconds = (performance.now() - startedAtMs) / 1_000
    expect(listener.counters.length).toBeLessThanOrEqual(Math.ceil(seconds) + 1)
  })

  it('are all sent once to a subscriber that reconnects', async () => {
    await recordSend(fleet, { name: 'b' })
    const listener = await listen('0')
    await vi.waitFor(() => expect(listener.counters.length).toBeGreaterThan(0), { timeout: 60_000 })
    expect(told(listener)[0]).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 0],
    ])
  })

  it('send no notification: a send commits without one', async () => {
    const notices: string[] = []
    const ear = new pg.Client({ connectionString: url })
    await ear.connect()
    ear.on('notification', (notice) => notices.push(notice.channel))
    await ear.query('listen zapfleet_events')
    await reserve(fleet, {})
    await recordSend(fleet, { name: 'a' })
    // Notifications arrive in the order of the commits: after this one, no send is still in progress.
    await sql(`select pg_notify('zapfleet_events', '')`)
    await vi.waitFor(() => expect(notices.length).toBeGreaterThan(0), { timeout: 60_000 })
    expect(notices).toEqual(['zapfleet_events'])
    await ear.end()
  })
})

describe('the sampler', () => {
  const AT = new Date('2026-03-10T12:30Z')

  /** A database that holds one instance and one newest event, and counts the queries it receives. */
  function scripted(told: { eventId: string; sent: number }) {
    const database = { ...told, samples: 0, readings: 0 }
    const run = async (statement: { name: string }): Promise<object[]> => {
      const { eventId, sent } = database
      if (statement.name.includes('read_fleet')) {
        database.samples++
        const seats = [['a', 'connected', false, 20, 100, sent, sent, 1, sent]]
        return [{ at: AT, next_hour: AT, next_day: AT, seats }]
      }
      database.readings++
      const values: Record<string, unknown> = { name: 'a', sentToday: sent, dayWindow: AT.getTime() }
      const cells = [READ_FIELDS.map((field) => values[field] ?? null)]
      return [{ at: AT, hour_start: AT, day_start: AT, last_round_at: null, event_id: eventId, cells }]
    }
    const sampler = sampleCounters(
      {
        sql: { run, runCount: run } as never,
        timeZone: 'UTC',
        clock: () => null,
        defaultCountry: 'BR',
        clients: clientIds('text'),
        log: silentLog,
      },
      createWaiters(),
    )
    return { sampler, database }
  }

  it('reads again for a subscriber that has read a later event than a shared reading', async () => {
    const { sampler, database } = scripted({ eventId: '5', sent: 0 })
    const leave = sampler.join()
    await sampler.ready()
    const seen = sampler.present()
    Object.assign(database, { eventId: '6', sent: 1 })
    await vi.waitFor(() => expect(sampler.hasMoved(seen)).toBe(true), { timeout: 60_000 })
    const early = await Promise.all([sampler.since(seen, 6n), sampler.since(seen, 6n)])
    expect(early.map((one) => one.instances[0]?.sentToday)).toEqual([1, 1])
    expect(database.readings).toBe(1)
    Object.assign(database, { eventId: '7', sent: 2 })
    const late = await Promise.all([sampler.since(seen, 7n), sampler.since(seen, 7n)])
    expect(late.map((one) => [one.eventId, one.instances[0]?.sentToday])).toEqual([
      [7n, 2],
      [7n, 2],
    ])
    expect(database.readings).toBe(2)
    leave()
  })

  it('reads only while there is a subscriber, and starts afresh with the next one', async () => {
    const { sampler, database } = scripted({ eventId: '5', sent: 0 })
    const leave = sampler.join()
    await sampler.ready()
    leave()
    leave()
    const { samples } = database
    await new Promise((resolve) => setTimeout(resolve, 1_300))
    expect(database.samples).toBe(samples)
    database.sent = 4
    const leaveAgain = sampler.join()
    await sampler.ready()
    // A change that happened without a subscriber precedes the first reading of the next one.
    expect(sampler.hasMoved(sampler.present())).toBe(false)
    expect((await sampler.since(0, 5n)).instances).toMatchObject([{ name: 'a', sentToday: 4 }])
    leaveAgain()
  })
})
