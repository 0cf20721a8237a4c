import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { explain, FleetError, type Reason, reserve, STRATEGIES, setPreference } from '../src/index.ts'
import { addInstances, clearFleet, testFleet } from './support/fleet.ts'

const { fleet, sql, clock } = await testFleet()

beforeEach(async () => {
  await clearFleet(sql)
  clock.set('2026-05-05T12:34:56Z')
})

describe('explain', () => {
  it("puts the contact's own number first, then the others in the order in which they would be chosen", async () => {
    await addInstances(sql, ['a', 'b', 'c'])
    await sql(
      `update whatsapp_instances set msgs_enviadas_dia = 50, janela_dia = $1 where nome in ('b', 'c')`,
      [clock.at],
    )
    await sql(`update whatsapp_instances set msgs_enviadas_dia = 60 where nome = 'c'`)
    await setPreference(fleet, { id: 'maria', instanceName: 'c' })
    expect(await explain(fleet, { contactId: 'maria' })).toEqual({
      chosen: 'c',
      own: 'c',
      candidates: [
        { name: 'c', rank: 1, reason: null, availableAt: null },
        { name: 'a', rank: 2, reason: null, availableAt: null },
        { name: 'b', rank: 3, reason: null, availableAt: null },
      ],
    })
    expect((await explain(fleet, { contactId: 'maria', strategy: 'least_loaded' })).chosen).toBe('a')
    expect((await explain(fleet, { contactId: 'joão' })).chosen).toBe('a')
  })

  it('returns for each that cannot be chosen the reason, and when it can be again', async () => {
    const rows: [string, Parameters<typeof addInstances>[2]][] = [
      ['banned', { status: 'banned' }],
      ['day-full', { day: 1 }],
      ['hour-full', { hour: 1 }],
      ['left-out', {}],
      ['never', { hour: 0 }],
      ['paused', { paused: true }],
    ]
    for (const [name, row] of rows) await addInstances(sql, [name], row)
    await sql(
      `update whatsapp_instances set msgs_enviadas_hora = 1, msgs_enviadas_dia = 1, janela_hora = $1, janela_dia = $1`,
      [clock.at],
    )
    expect(await explain(fleet, { exclude: ['left-out'] })).toEqual({
      chosen: null,
      own: null,
      candidates: [
        { name: 'banned', rank: null, reason: 'BANNED', availableAt: null },
        { name: 'day-full', rank: null, reason: 'DAILY_LIMIT', availableAt: '2026-05-06T03:00:00.000Z' },
        { name: 'hour-full', rank: null, reason: 'HOURLY_LIMIT', availableAt: '2026-05-05T13:00:00.000Z' },
        { name: 'left-out', rank: null, reason: 'EXCLUDED', availableAt: null },
        { name: 'never', rank: null, reason: 'HOURLY_LIMIT', availableAt: null },
        { name: 'paused', rank: null, reason: 'PAUSED', availableAt: null },
      ],
    })
  })

  it('changes nothing: no counter, no preference, no turn of the rotation', async () => {
    await addInstances(sql, ['a', 'b', 'c'])
    const before = await sql('select * from whatsapp_instances order by nome')
    const first = await explain(fleet, { contactId: 'maria', strategy: 'round_robin' })
    for (let again = 0; again < 5; again++)
      expect(await explain(fleet, { contactId: 'maria', strategy: 'round_robin' })).toEqual(first)
    expect(await sql('select * from whatsapp_instances order by nome')).toEqual(before)
    expect(await sql('select * from zapfleet.contacts')).toEqual([])
  })

  it('always agrees with the next reserve, and names the refusal and its end', async () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const seat = fc.record({
      status: fc.constantFrom(
        ...Array(6).fill('connected'),
        'banned',
        'disconnected',
        'connecting',
        'unknown',
      ),
      paused: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      hour: fc.integer({ min: 0, max: 4 }),
      day: fc.integer({ min: 0, max: 6 }),
      sentThisHour: fc.integer({ min: 0, max: 4 }),
      sentToday: fc.integer({ min: 0, max: 6 }),
      priority: fc.integer({ min: 1, max: 4 }),
      hourIsOver: fc.boolean(),
      lastSentAgoS: fc.option(fc.integer({ min: 0, max: 3 })),
      delivery: fc.constantFrom(null, null, null, 'ok', 'failing'),
      probedAgoS: fc.constantFrom(null, 59, 60),
      restrictedForS: fc.option(fc.constantFrom(0, 10, 10), { freq: 2 }),
      inferredAgoS: fc.option(fc.constantFrom(21_599, 21_600, 21_600), { freq: 1 }),
    })
    const call = fc.record(
      {
        contactId: fc.constantFrom('maria', 'joão', 'ana'),
        strategy: fc.constantFrom(...STRATEGIES),
        exclude: fc.subarray([...names, 'nobody'], { maxLength: 3 }),
      },
      { requiredKeys: [] },
    )
    let refusals = 0
    let grants = 0
    const property = fc.asyncProperty(
      fc.array(seat, { minLength: 1, maxLength: 5 }),
      fc.array(fc.record({ id: fc.constantFrom('maria', 'joão', 'ana'), own: fc.constantFrom(...names) })),
      fc.array(
        fc.record({ id: fc.constantFrom('maria', 'joão', 'ana'), knownBy: fc.constantFrom(...names) }),
        {
          maxLength: 3,
        },
      ),
      fc.array(call, { minLength: 1, maxLength: 6 }),
      async (seats, preferences, conversations, calls) => {
        await clearFleet(sql)
        for (const [index, one] of seats.entries())
          await sql(
            `insert into whatsapp_instances (nome, status, pausada, capacidade_hora, capacidade_dia, msgs_enviadas_hora,
               msgs_enviadas_dia, prioridade, janela_hora, janela_dia, ultima_msg_at, entrega, sondada_em, restrita_desde, restrita_ate, restrita_fonte)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz - case when $10::bool then interval '1 hour' else '0' end, $9,
               $9::timestamptz - $11::int * interval '1 second', $12, $9::timestamptz - $13::int * interval '1 second',
               case when $14::int is not null then $9::timestamptz else $9::timestamptz - $15::int * interval '1 second' end, $9::timestamptz + $14::int * interval '1 second',
               case when $14::int is not null then 'operator' when $15::int is not null then 'inferred' end)`,
            [
              names[index],
              one.status,
              one.paused,
              one.hour,
              one.day,
              one.sentThisHour,
              one.sentToday,
              one.priority,
              clock.at,
              one.hourIsOver,
              one.lastSentAgoS,
              one.delivery,
              one.probedAgoS,
              one.restrictedForS,
              one.inferredAgoS,
            ],
          )
        for (const { id, knownBy } of conversations)
          await sql(
            'insert into zapfleet.conversations (contact_id, instance_name, last_sent_at) values ($1, $2, $3) on conflict do nothing',
            [id, knownBy, clock.at],
          )
        for (const { id, own } of preferences)
          await sql(
            `insert into zapfleet.contacts values ($1, $2) on conflict (id) do update set preferred_instance = $2`,
            [id, own],
          )
        for (const input of calls) {
          const told = await explain(fleet, input)
          const done = await reserve(fleet, input).catch((error: unknown) => error)
          if (done instanceof FleetError) {
            refusals++
            expect(done.code).toBe('NO_CAPACITY')
            expect(told.chosen).toBeNull()
            const ends = told.candidates.flatMap((one) => one.availableAt ?? []).sort()
            expect(done.availableAt?.toISOString() ?? null).toBe(ends[0] ?? null)
            expect(done.reasons).toEqual(tally(told.candidates.map((one) => one.reason)))
          } else {
            grants++
            expect(told.chosen).toBe((done as { instanceName: string }).instanceName)
          }
          expect(told.candidates.map((one) => one.name).sort()).toEqual(names.slice(0, seats.length))
        }
      },
    )
    await fc.assert(property, { numRuns: 150 })
    expect(refusals).toBeGreaterThan(10)
    expect(grants).toBeGreaterThan(10)
  })
})

function tally(reasons: (Reason | null)[]): Partial<Record<Reason, number>> {
  const counts: Partial<Record<Reason, number>> = {}
  for (const reason of reasons) if (reason !== null) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}
