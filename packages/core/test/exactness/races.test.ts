import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { ReserveInput } from '../../src/index.ts'
import type { Reservation } from '../../src/reservation/reservation.ts'
import { addInstances, clearFleet, type Sql } from '../support/fleet.ts'
import { auditHistory } from './audit-history.ts'
import { stoppedClock } from './clock.ts'
import { hireWorker, type Worker } from './crew.ts'
import { startDurablePostgres } from './durable-postgres.ts'
import { readHistory } from './history.ts'
import type { Event } from './protocol.ts'

const NOW = '2026-03-10T13:20:00Z'
const WORKERS = 4

const postgres = await startDurablePostgres()
const crew = await Promise.all(
  Array.from({ length: WORKERS }, (_, index) => hireWorker(index, postgres.url, stoppedClock(NOW))),
)
const sql: Sql = async (text, values) => (await postgres.pool.query(text, values)).rows

afterAll(async () => {
  await Promise.all(crew.map((worker) => worker.kill()))
  await postgres.remove()
})

beforeEach(async () => {
  await clearFleet(sql)
  await readHistory(postgres.pool)
})

const KEYS_ALONE = `select k.key from zapfleet.idempotency_keys k
  where not exists (select from zapfleet.reservations r where r.id = k.reservation_id)`

/** Runs the same act in every worker at once and returns all results. */
async function together(act: (worker: Worker) => Promise<Event[]>): Promise<Event[]> {
  return (await Promise.all(crew.map(act))).flat()
}

const granted = (events: Event[]): Reservation[] =>
  events.flatMap((event) => (event.verb === 'reserve' && event.ended.ok ? [event.ended.result] : []))

/** How many events ended with each code; a grant counts as `granted`. */
function counted(events: Event[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { ended } of events) {
    const code = ended.ok ? 'granted' : ended.code
    counts[code] = (counts[code] ?? 0) + 1
  }
  return counts
}

const repeat = <Item>(times: number, make: (number: number) => Item): Item[] =>
  Array.from({ length: times }, (_, number) => make(number))

const names = (count: number): string[] => repeat(count, (number) => `n${number}`)

/** What must hold after every race: the log of changes is exact at each step, no call met a deadlock, and no key is stored without its reservation. */
async function expectExact(): Promise<ReturnType<typeof auditHistory>> {
  expect(await sql(KEYS_ALONE)).toEqual([])
  const audit = auditHistory(await readHistory(postgres.pool))
  expect(audit.problems).toEqual([])
  expect(await postgres.deadlocks()).toEqual([])
  return audit
}

describe('four processes at once', () => {
  it('are granted exactly the room there is, and the others receive the reason and the time of the next seat', async () => {
    await addInstances(sql, names(10), { hour: 30 })
    const events = await together((worker) => worker.reserve(repeat(125, () => ({}))))
    expect(counted(events)).toEqual({ granted: 300, NO_CAPACITY: 200 })
    for (const { ended } of events)
      if (!ended.ok)
        expect(ended).toMatchObject({
          reasons: { HOURLY_LIMIT: 10 },
          availableAt: '2026-03-10T14:00:00.000Z',
        })
    expect(
      await sql('select distinct msgs_enviadas_hora h, msgs_enviadas_dia d from whatsapp_instances'),
    ).toEqual([{ h: 30, d: 30 }])
    const rows = await sql('select id from zapfleet.reservations')
    expect(new Set(granted(events).map((one) => one.id))).toEqual(new Set(rows.map((row) => row.id)))
    expect((await expectExact()).granted).toBe(300)
  })

  it('are granted exactly as many as there is room for, by every strategy and every size, round after round', async () => {
    const strategies = ['sticky', 'round_robin', 'least_loaded'] as const
    for (const [round, spare] of [-40, -1, 0, 1, 7, 60].entries()) {
      await clearFleet(sql)
      const caps = repeat(12, (number) => (number * 7 + round * 3) % 23)
      for (const [number, hour] of caps.entries()) await addInstances(sql, [`n${number}`], { hour })
      const room = caps.reduce((sum, cap) => sum + cap, 0)
      const asks: ReserveInput[] = repeat(room + spare, (number) => ({
        strategy: strategies[number % 3],
        ...(number % 2 && { contactId: `c${number % 50}` }),
        ...(number % 5 === 0 && { idempotencyKey: `${round}-${number}` }),
      }))
      const events = await together((worker) =>
        worker.reserve(asks.filter((_, number) => number % WORKERS === worker.index)),
      )
      expect(counted(events).granted).toBe(Math.min(room, room + spare))
      expect(counted(events).NO_CAPACITY ?? 0).toBe(Math.max(0, spare))
    }
    await expectExact()
  })

  it('give a seat back once, though all of them release it at once', async () => {
    await addInstances(sql, names(5), { hour: 20 })
    const held = granted(await together((worker) => worker.reserve(repeat(25, () => ({})))))
    const back = held.slice(0, 40).map((one) => one.id)
    const releases = await together((worker) =>
      worker.complete('release', worker.index % 2 ? back : back.toReversed()),
    )
    expect(counted(releases)).toEqual({ granted: 40 * WORKERS })
    const again = await together((worker) => worker.reserve(repeat(25, () => ({}))))
    expect(counted(again)).toEqual({ granted: 40, NO_CAPACITY: 60 })
    expect(await expectExact()).toMatchObject({ granted: 140, released: 40 })
  })

  it('never refuse one of as many callers as there are seats, while all of them reserve and release', async () => {
    await addInstances(sql, names(4), { hour: 8, day: 8 })
    const events = await together((worker) => worker.holdOneEach(8, 50))
    expect(Object.keys(counted(events))).toEqual(['granted'])
    const audit = await expectExact()
    expect(audit.released).toBe(events.length)
    expect(audit.timesFull).toBeGreaterThan(0)
  })

  it('give every new contact one number, though all write to it first, whether the bot has it, has it not or adds it just then', async () => {
    await addInstances(sql, names(9), { hour: 100_000, day: 100_000 })
    const contacts = repeat(1_600, (number) => (number % 4 === 0 ? `phone-${number}` : randomUUID()))
    const known = contacts.filter((_, number) => number % 4 === 1 || number % 4 === 2)
    const insert = `insert into clientes (id, nome) select id, 'x' from unnest($1::uuid[]) id`
    await sql(insert, [known])
    for (let at = 0; at < contacts.length; at += 100) {
      const some = contacts.slice(at, at + 100)
      const arriving = some.filter((_, number) => (at + number) % 4 === 3)
      const asks = some.flatMap((contactId, number): ReserveInput[] => [
        { contactId, fallback: 'borrow' },
        ...(number % 3 ? [] : [{ contactId }]),
      ])
      const inserting = Promise.all(arriving.map((id) => sql(insert, [[id]])))
      const events = await together((worker) => worker.reserve(asks))
      await inserting
      expect(counted(events)).toEqual({ granted: asks.length * WORKERS })
    }
    expect(
      await sql(
        `select contact_id, array_agg(instance_name) numbers, array_agg(preference) from zapfleet.reservations
         group by 1 having count(distinct instance_name) > 1 or count(*) filter (where preference = 'assigned') <> 1`,
      ),
    ).toEqual([])
    await expectExact()
  })

  it('make one reservation of a key, return it for the same input and CONFLICT for other input', async () => {
    await addInstances(sql, names(5), { hour: 10_000, day: 10_000 })
    const asks = (prefix: string): ReserveInput[] =>
      repeat(300, (number) => ({
        idempotencyKey: `${prefix}-${number >> 1}`,
        contactId: `${prefix}-${number >> 1}-${number % 2 ? 'a' : 'b'}`,
      }))
    const race = async (prefix: string): Promise<Reservation[]> => {
      const events = await together((worker) =>
        worker.reserve(worker.index % 2 ? asks(prefix) : asks(prefix).reverse()),
      )
      expect(counted(events)).toEqual({ granted: 150 * WORKERS, CONFLICT: 150 * WORKERS })
      const answers = granted(events)
      expect(new Set(answers.map((one) => one.id)).size).toBe(150)
      expect(new Set(answers.map((one) => one.contactId)).size).toBe(150)
      return answers
    }
    const first = await race('key')
    const preferring = `select id from zapfleet.contacts where preferred_instance is not null
      and not exists (select from zapfleet.reservations r where r.contact_id = contacts.id)`
    expect(await sql(preferring)).toEqual([])

    // A day later the same keys are new, also while the reservations that they had are being released by every
    // worker.
    await Promise.all(crew.map((worker) => worker.setClock(stoppedClock('2026-03-11T13:21:00Z'))))
    const old = [...new Set(first.map((one) => one.id))]
    const [, second] = await Promise.all([
      together((worker) => worker.complete('release', worker.index % 2 ? old : old.toReversed())),
      race('key'),
    ])
    await Promise.all(crew.map((worker) => worker.setClock(stoppedClock(NOW))))
    expect(second.filter((one) => old.includes(one.id))).toEqual([])
    expect(await sql(preferring)).toEqual([])
    expect((await expectExact()).granted).toBe(300)
  })
})
