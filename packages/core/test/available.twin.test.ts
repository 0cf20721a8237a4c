import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listInstances } from '../src/index.ts'
import { createClaim } from '../src/reservation/claim.ts'
import { createClaimOne } from '../src/reservation/claim-one.ts'
import type { PendingReserve } from '../src/reservation/pending-reserve.ts'
import type { Pick } from '../src/reservation/rank.ts'
import { readFleet } from '../src/reservation/read-fleet.ts'
import { isAvailable } from '../src/selection/candidate.ts'
import { clearFleet, testFleet } from './support/fleet.ts'

const ZONE = 'America/Sao_Paulo'
const NOW = '2026-03-10T13:20:00Z'

const { fleet, sql, clock } = await testFleet()
clock.set(NOW)

const small = fc.option(fc.integer({ min: -1, max: 3 }), { freq: 6 })

/** A row in any state that a program can store. */
const row = fc.record({
  status: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('connected', 'open') },
    fc.constantFrom(
      null,
      'connecting',
      'disconnected',
      'banned',
      'unknown',
      'Open',
      'CONNECTED',
      ' open',
      'close',
      '',
    ),
  ),
  hourlyCapacity: small,
  dailyCapacity: small,
  sentThisHour: small,
  sentToday: small,
  hourWindow: fc.constantFrom(
    'epoch',
    '2026-03-10T12:00:00Z',
    '2026-03-10T12:59:59Z',
    '2026-03-10T13:00:00Z',
    '2026-03-10T13:19:00Z',
    '2026-03-10T14:00:00Z',
  ),
  dayWindow: fc.constantFrom(
    'epoch',
    '2026-03-10T02:59:59Z',
    '2026-03-10T03:00:00Z',
    '2026-03-10T13:00:00Z',
    '2026-03-11T03:00:00Z',
  ),
  paused: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
  duplicateOf: fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, fc.constant('n00')),
  removed: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
  priority: fc.constantFrom(null, -3, 0, 1, 50, 101, 5_000),
  lastSentAt: fc.constantFrom(null, '2026-03-10T13:00:00Z', '2026-03-10T15:00:00Z'),
})

const rows = fc.array(row, { minLength: 40, maxLength: 40 })

const insert = `insert into whatsapp_instances
  (nome, status, capacidade_hora, capacidade_dia, msgs_enviadas_hora, msgs_enviadas_dia, janela_hora, janela_dia, pausada, removida_em, prioridade, ultima_msg_at, duplicata_de)
  select * from unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::timestamptz[], $8::timestamptz[], $9::bool[], $10::timestamptz[], $11::int[], $12::timestamptz[], $13::text[])`

const name = (at: number): string => `n${String(at).padStart(2, '0')}`

/** One reserve aimed at one instance, so that the claim alone decides. */
function pickOf(instance: string, at: number): Pick {
  const reserve = {
    id: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
    contact: null,
    client: null,
    strategy: 'sticky',
    idempotencyKey: null,
    hash: null,
  } as PendingReserve
  return { reserve, instance, place: 1, expected: null, moves: false, outcome: 'none' }
}

type Row = typeof row extends fc.Arbitrary<infer Value> ? Value : never

async function fill(given: readonly Row[]): Promise<void> {
  await clearFleet(sql)
  await sql(insert, [
    given.map((_, at) => name(at)),
    given.map((one) => one.status),
    given.map((one) => one.hourlyCapacity),
    given.map((one) => one.dailyCapacity),
    given.map((one) => one.sentThisHour),
    given.map((one) => one.sentToday),
    given.map((one) => one.hourWindow),
    given.map((one) => one.dayWindow),
    given.map((one) => one.paused),
    given.map((one) => (one.removed ? NOW : null)),
    given.map((one) => one.priority),
    given.map((one) => one.lastSentAt),
    given.map((one) => one.duplicateOf),
  ])
}

/** Counters and reservations as stored, without ids, contacts and outcomes, which differ by design. */
function standing(): Promise<unknown[]> {
  return sql(`select i.nome, i.msgs_enviadas_hora, i.msgs_enviadas_dia, i.janela_hora, i.janela_dia, i.ultima_msg_at,
      (select json_agg(json_build_array(r.strategy, r.state, r.hour_window, r.day_window, r.reserved_at))
       from zapfleet.reservations r where r.instance_name = i.nome) reserved
    from public.whatsapp_instances i order by i.nome`)
}

describe('available', () => {
  it('is equal in TypeScript, in every claim and in every list, for any row', async () => {
    const ground = { ...fleet, timeZone: ZONE }
    const one = createClaimOne(ground)
    const claim = createClaim(ground, one)
    let [able, unable] = [0, 0]
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        await fill(given)
        const read = new Map(
          (await readFleet(ground)).candidates.map((seen) => [seen.name, { ...seen, turn: 0 }]),
        )
        const listed = new Map((await listInstances(fleet, {})).map((one) => [one.name, one]))
        const names = given.map((_, at) => name(at))
        const claimed = await claim(names.map(pickOf))

        const granted = names.filter((_, at) => !claimed.denied.has(at))
        expect([...read.values()].filter(isAvailable).map((one) => one.name)).toEqual(granted)
        expect([...listed.values()].filter((one) => one.available).map((one) => one.name)).toEqual(granted)
        for (const [at, one] of given.entries()) expect(read.has(name(at))).toBe(!one.removed)

        // The state that the claim returns is what was read before it, plus its own grant.
        for (const [of, seen] of read) {
          const grant = granted.includes(of) ? 1 : 0
          const { turn, ...before } = seen
          expect(claimed.seats.get(of)).toEqual({
            ...before,
            sentThisHour: before.sentThisHour + grant,
            sentToday: before.sentToday + grant,
            lastSentAtMs: grant ? Math.max(before.lastSentAtMs, Date.parse(NOW)) : before.lastSentAtMs,
          })
          expect(listed.get(of)).toMatchObject({
            sentThisHour: before.sentThisHour,
            sentToday: before.sentToday,
            hourlyCapacity: before.hourlyCapacity,
            dailyCapacity: before.dailyCapacity,
            priority: before.priority,
            status: before.status,
          })
        }
        expect([...claimed.seats.keys()].sort()).toEqual([...read.keys()].sort())

        // One at a time, by name and by the number of a contact: the same grants, the same rows.
        const many = await standing()
        await fill(given)
        for (const [at, of] of names.entries()) {
          const seat = await one.picked(pickOf(of, at).reserve, pickOf(of, at))
          expect(seat?.candidate).toEqual(granted.includes(of) ? claimed.seats.get(of) : undefined)
        }
        expect(await standing()).toEqual(many)
        await fill(given)
        await sql(
          'insert into zapfleet.contacts (id, preferred_instance) select n, n from unnest($1::text[]) n',
          [names],
        )
        for (const [at, of] of names.entries()) {
          const own = await one.own({ ...pickOf(of, at).reserve, contact: of })
          expect(own.present).toBe(of)
          expect(own.seat?.candidate).toEqual(granted.includes(of) ? claimed.seats.get(of) : undefined)
        }
        expect(await standing()).toEqual(many)
        able += granted.length
        unable += names.length - granted.length
      }),
      { numRuns: 40 },
    )
    expect(able).toBeGreaterThan(100)
    expect(unable).toBeGreaterThan(100)
  })
})
