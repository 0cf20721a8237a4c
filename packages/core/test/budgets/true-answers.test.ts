import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explain } from '../../src/index.ts'
import { type Attempt, attemptReserve, isGranted } from '../support/attempt.ts'
import { clearFleet, testFleet } from '../support/fleet.ts'

const { fleet, sql, clock } = await testFleet()

/** Monday 0:00 in São Paulo. */
const MONDAY = Date.parse('2026-03-09T03:00:00Z')
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const iso = (ms: number): string => new Date(ms).toISOString()

const time = fc
  .record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.constantFrom('00', '17', '30') })
  .map(({ hour, minute }) => `${String(hour).padStart(2, '0')}:${minute}`)
const span = fc
  .record({
    days: fc.constantFrom(
      ['mon', 'tue', 'wed'],
      ['sat', 'sun'],
      ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
    ),
    ends: fc.tuple(time, time),
  })
  .map(({ days, ends }) => {
    const [from, to] = ends.sort()
    return { days, from, to: from === to ? '24:00' : to }
  })
const limit = fc.option(fc.constantFrom(0, 2, 3), { freq: 2 })

/** Moments are offsets from the present, in milliseconds. */
const number = fc.record({
  sentThisHour: fc.constantFrom(1, 1, 5),
  sentToday: fc.constantFrom(5, 5, 5, 10),
  lastSentAt: fc.option(fc.integer({ min: -200_000, max: 60_000 })),
  minGapMs: fc.constantFrom(0, 0, 20_000, 60_000, HOUR_MS),
  newPerHour: limit,
  newPerDay: limit,
  newThisHour: fc.constantFrom(0, 2, 3),
  newToday: fc.constantFrom(3, 4),
  hours: fc.option(fc.array(span, { minLength: 1, maxLength: 2 }), { freq: 2 }),
  isDraining: fc.constantFrom(false, false, false, false, true),
  restriction: fc.option(fc.option(fc.integer({ min: 1, max: DAY_MS })), { freq: 2, nil: 'none' as const }),
  conversation: fc.constantFrom(null, null, null, 'known', 'reply', 'counted'),
})
const scene = fc.record({
  at: fc.integer({ min: 0, max: 7 * DAY_MS - 1 }).map((offset) => MONDAY + offset),
  numbers: fc.array(number, { minLength: 1, maxLength: 2 }),
  hasOwn: fc.boolean(),
  strategy: fc.constantFrom('sticky', 'sticky', 'least_loaded'),
})
/** A contact waits for its own number while that has a gap, also when another one could serve: see decision 0079. */
const waitsForOwn = ({ hasOwn, numbers: [own] }: Scene): boolean => hasOwn && (own?.minGapMs ?? 0) > 0
type Scene = typeof scene extends fc.Arbitrary<infer T> ? T : never

async function fill({ at, numbers, hasOwn }: Scene, contact: string): Promise<void> {
  await clearFleet(sql)
  clock.set(iso(at))
  const hour = iso(Math.floor(at / HOUR_MS) * HOUR_MS)
  const dayMs = Math.floor((at - MONDAY) / DAY_MS) * DAY_MS + MONDAY
  for (const [place, one] of numbers.entries()) {
    const isRestricted = one.restriction !== 'none'
    const until = typeof one.restriction === 'number' ? iso(at + one.restriction) : null
    await sql(
      `insert into whatsapp_instances (nome, status, capacidade_hora, capacidade_dia, msgs_enviadas_hora, msgs_enviadas_dia, ultima_msg_at, intervalo_min_ms,
         novos_hora, novos_dia, novos_enviados_hora, novos_enviados_dia, horario, drenando, restrita_desde, restrita_ate, restrita_fonte,
         janela_hora, janela_dia, novos_janela_hora, novos_janela_dia)
       values ($1, 'connected', 5, 10, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, $13, $14, $15, $16, $15, $16)`,
      [
        `n${place}`,
        one.sentThisHour,
        one.sentToday,
        one.lastSentAt === null ? null : iso(at + one.lastSentAt),
        one.minGapMs,
        one.newPerHour,
        one.newPerDay,
        one.newThisHour,
        one.newToday,
        one.hours === null ? null : JSON.stringify(one.hours),
        one.isDraining,
        isRestricted ? iso(at - HOUR_MS) : null,
        until,
        isRestricted ? 'operator' : null,
        hour,
        iso(dayMs),
      ],
    )
    if (one.conversation === null) continue
    await sql(
      'insert into zapfleet.conversations (contact_id, instance_name, last_sent_at, last_inbound_at, new_at) values ($1, $2, $3, $4, $5)',
      [
        contact,
        `n${place}`,
        one.conversation === 'known' ? iso(at - 3 * DAY_MS) : null,
        one.conversation === 'reply' ? iso(at - HOUR_MS) : null,
        one.conversation === 'counted' ? iso(Math.max(dayMs, at - 60_000)) : null,
      ],
    )
  }
  if (hasOwn) await sql(`insert into zapfleet.contacts (id, preferred_instance) values ($1, 'n0')`, [contact])
  fleet.engine.snapshot.invalidate()
}

describe('the answers about budgets', () => {
  it('explain chooses what reserve takes, and a refusal ends at its availableAt, not before', async () => {
    const seen = { granted: 0, refused: 0, forEver: 0 }
    let scenes = 0
    await fc.assert(
      fc.asyncProperty(
        scene.filter((one) => !waitsForOwn(one)),
        async (given) => {
          // A contact that no cache holds.
          const contactId = `c${scenes++}`
          await fill(given, contactId)
          const input = { contactId, strategy: given.strategy as 'sticky' }
          const attempt = (): Promise<Attempt> => attemptReserve(fleet, input)
          const { chosen } = await explain(fleet, input)
          const first = await attempt()
          expect(isGranted(first) ? first.instanceName : null).toBe(chosen)
          if (isGranted(first)) {
            seen.granted++
            return
          }
          seen.refused++
          const { availableAt } = first
          if (availableAt === null || availableAt === undefined) {
            seen.forEver++
            for (let hour = 1; hour < 8 * 24; hour += 5) {
              clock.set(iso(given.at + hour * HOUR_MS + 13_000))
              expect((await explain(fleet, input)).chosen).toBeNull()
            }
            return
          }
          expect(availableAt.getTime()).toBeGreaterThan(given.at)
          clock.set(iso(availableAt.getTime() - 1))
          expect(isGranted(await attempt())).toBe(false)
          clock.set(availableAt.toISOString())
          expect(isGranted(await attempt())).toBe(true)
        },
      ),
      { numRuns: 150 },
    )
    expect(Math.min(seen.granted, seen.refused - seen.forEver, seen.forEver)).toBeGreaterThan(3)
  }, 600_000)
})
