import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { readAcquaintances } from '../../src/contact/conversations.ts'
import { createClaim } from '../../src/reservation/claim.ts'
import { createClaimOne } from '../../src/reservation/claim-one.ts'
import type { PendingReserve } from '../../src/reservation/pending-reserve.ts'
import type { Pick } from '../../src/reservation/rank.ts'
import { readFleet } from '../../src/reservation/read-fleet.ts'
import { type Candidate, isCounting, isTimed } from '../../src/selection/candidate.ts'
import {
  isRestrictionProbe,
  NO_ACQUAINTANCE,
  type Recipient,
  slotMs,
  takesNewContactRoom,
} from '../../src/selection/recipient.ts'
import { refusalReason } from '../../src/selection/refusal.ts'
import { testFleet } from '../support/fleet.ts'

const { fleet, sql, clock } = await testFleet()
const ground = { ...fleet, timeZone: 'America/Sao_Paulo' }
const claim = createClaim(ground, createClaimOne(ground))

/** Tuesday 10:59:20 in São Paulo: forty seconds before the hour ends. */
const NOW = '2026-03-10T13:59:20.000Z'
const HOUR_ENDS_MS = Date.parse('2026-03-10T14:00:00.000Z')
const HOUR = '2026-03-10T13:00:00Z'
const DAY = '2026-03-10T03:00:00Z'
const YESTERDAY = '2026-03-09T12:00:00Z'
const ALL = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

const often = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 2, arbitrary: fc.constantFrom(...others) })

const rarely = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

const row = fc.record({
  status: fc.constantFrom(
    'connected',
    'connected',
    'open',
    'connected',
    'connected',
    'connected',
    'disconnected',
  ),
  paused: rarely(false, true),
  draining: rarely(false, true),
  delivery: rarely<string | null>(null, 'ok', 'failing'),
  restricted: often<string | null>(null, 'inferred', 'operator'),
  probedAt: fc.constantFrom(null, YESTERDAY, NOW),
  sentToday: rarely(0, 4, 5),
  ramp: rarely<number | null>(null, 4, 100),
  newPerHour: often<number | null>(null, 0, 1, 3),
  newPerDay: often<number | null>(null, 1, 3),
  newThisHour: fc.constantFrom(0, 1, 3),
  newToday: fc.constantFrom(0, 1, 3),
  newHourWindow: fc.constantFrom(HOUR, '2026-03-10T12:00:00Z'),
  newDayWindow: fc.constantFrom(DAY, '2026-03-09T03:00:00Z'),
  minGapMs: fc.constantFrom(0, 20_000),
  lastSentAt: fc.constantFrom(null, YESTERDAY, '2026-03-10T13:59:10.123456Z', '2026-03-10T13:59:35Z'),
  hours: often<object | null>(
    null,
    [{ days: ALL, from: '00:00', to: '24:00' }],
    [{ days: ALL, from: '11:00', to: '20:00' }],
    [{ days: ['tue'], from: '10:59', to: '11:00' }],
    [{ days: ['mon', 'wed'], from: '08:00', to: '20:00' }],
  ),
  own: fc.boolean(),
  isGroup: rarely(false, true),
  sent: fc.constantFrom(null, YESTERDAY, '2026-01-01T12:00:00Z'),
  inbound: fc.constantFrom(null, null, '2026-03-10T12:00:00Z', YESTERDAY),
  newAt: fc.constantFrom(null, null, '2026-03-10T12:00:00Z', YESTERDAY),
  maxWaitMs: fc.constantFrom(0, 15_000, 120_000),
})
type Row = typeof row extends fc.Arbitrary<infer T> ? T : never

const name = (at: number): string => `n${String(at).padStart(2, '0')}`
const contactOf = (one: Row, at: number): string => (one.isGroup ? `${at}@g.us` : `c${at}`)

async function fill(rows: readonly Row[]): Promise<void> {
  await sql('delete from zapfleet.reservations')
  await sql('delete from zapfleet.conversations')
  await sql('delete from zapfleet.contacts')
  await sql('delete from whatsapp_instances')
  for (const [at, one] of rows.entries()) {
    await sql(
      `insert into whatsapp_instances (nome, status, pausada, drenando, entrega, restrita_desde, restrita_fonte, sondada_em, capacidade_hora, capacidade_dia,
         msgs_enviadas_hora, msgs_enviadas_dia, janela_hora, janela_dia, rampa, novos_hora, novos_dia, novos_enviados_hora, novos_enviados_dia,
         novos_janela_hora, novos_janela_dia, intervalo_min_ms, ultima_msg_at, horario)
       values ($1, $2, $3, $4, $5, case when $6::text is not null then $7::timestamptz end, $6, $8, 5, 5, $9, $9, $10, $11, $12::jsonb, $13, $14, $15, $16, $17, $18, $19, $20, $21::jsonb)`,
      [
        name(at),
        one.status,
        one.paused,
        one.draining,
        one.delivery,
        one.restricted,
        YESTERDAY,
        one.probedAt,
        one.sentToday,
        HOUR,
        DAY,
        one.ramp === null ? null : JSON.stringify({ limitToday: one.ramp }),
        one.newPerHour,
        one.newPerDay,
        one.newThisHour,
        one.newToday,
        one.newHourWindow,
        one.newDayWindow,
        one.minGapMs,
        one.lastSentAt,
        one.hours === null ? null : JSON.stringify(one.hours),
      ],
    )
    if (one.own)
      await sql('insert into zapfleet.contacts (id, preferred_instance) values ($1, $2)', [
        contactOf(one, at),
        name(at),
      ])
    await sql(
      'insert into zapfleet.conversations (contact_id, instance_name, last_sent_at, last_inbound_at, new_at) values ($1, $2, $3, $4, $5)',
      [contactOf(one, at), name(at), one.sent, one.inbound, one.newAt],
    )
  }
}

beforeAll(() => clock.set(NOW))

describe('budgets', () => {
  it('are equal in the ranking and in the claim, for any row, contact and wait', async () => {
    const seen = new Map<string | null, number>()
    let waiting = 0
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 24, maxLength: 24 }), async (rows) => {
        await fill(rows)
        const read = new Map(
          (await readFleet(ground)).candidates.map((one) => [one.name, { ...one, turn: 0 } as Candidate]),
        )
        const names = [...read.keys()]
        const acquaintances = await readAcquaintances(ground, rows.map(contactOf), new Set(names))
        const picks: Pick[] = []
        const expected: (string | null)[] = []
        const wanted: Candidate[] = []
        for (const [at, one] of rows.entries()) {
          const candidate = read.get(name(at)) as Candidate
          const contact = contactOf(one, at)
          const recipient: Recipient = {
            ...(acquaintances.get(contact) ?? NO_ACQUAINTANCE),
            pool: null,
            own: one.own ? candidate.name : null,
            isPerson: !one.isGroup,
            mayProbe: true,
            mayProbeAsNew: !one.isGroup,
            atMs: Date.parse(NOW),
            maxWaitMs: one.maxWaitMs,
            hourEndsMs: HOUR_ENDS_MS,
          }
          const reason = refusalReason(candidate, undefined, recipient)
          expected.push(reason)
          seen.set(reason, (seen.get(reason) ?? 0) + 1)
          const isNew = takesNewContactRoom(candidate, recipient)
          const isProbe = isRestrictionProbe(candidate, recipient)
          picks.push({
            reserve: {
              id: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
              contactId: contact,
              contact,
              client: null,
              clients: null,
              pool: null,
              strategy: 'sticky',
              maxWaitMs: one.maxWaitMs,
              idempotencyKey: null,
              hash: null,
              owner: null,
            } as PendingReserve,
            instance: candidate.name,
            place: 1,
            expected: one.own ? candidate.name : null,
            inherits: false,
            moves: false,
            leaves: null,
            outcome: 'kept',
            kind: null,
            isLimited: true,
            isBudgeted: isTimed(candidate) || (isCounting(candidate) && !one.own),
            isPaced: candidate.minGapMs > 0,
            isCounting: isCounting(candidate),
            isNew,
            isProbe,
          })
          const slot = Math.ceil(slotMs(candidate, recipient.atMs))
          if (reason === null && slot > recipient.atMs) waiting++
          const isGranted = reason === null
          wanted.push({
            ...candidate,
            sentThisHour: candidate.sentThisHour + Number(isGranted),
            sentToday: candidate.sentToday + Number(isGranted),
            newContactsThisHour: candidate.newContactsThisHour + Number(isGranted && isNew),
            newContactsToday: candidate.newContactsToday + Number(isGranted && isNew),
            lastSentAtMs: isGranted ? Math.max(candidate.lastSentAtMs, slot) : candidate.lastSentAtMs,
            probedAtMs: isGranted && (candidate.isFailing || isProbe) ? recipient.atMs : candidate.probedAtMs,
          })
        }
        const claimed = await claim(picks)
        expect(rows.map((_, at) => claimed.denied.has(at))).toEqual(expected.map((reason) => reason !== null))
        for (const [at, one] of wanted.entries()) {
          const { turn, ...seat } = one
          // Without a pool the claim reads no tags, and never the server.
          expect(claimed.seats.get(name(at))).toEqual({ ...seat, tags: null, server: null })
          if (expected[at] === null && seat.lastSentAtMs > Date.parse(NOW) && rows[at]?.minGapMs)
            expect(claimed.slots.get(at)).toBe(seat.lastSentAtMs)
        }
        // What is stored is what the claim returned.
        const stored = new Map((await readFleet(ground)).candidates.map((one) => [one.name, one]))
        for (const of of names)
          expect(stored.get(of)).toEqual({ ...claimed.seats.get(of), tags: [], server: 'default' })
      }),
      { numRuns: 40 },
    )
    for (const reason of [
      null,
      'DRAINING',
      'OUTSIDE_HOURS',
      'DAILY_LIMIT',
      'RESTRICTED',
      'NEW_CONTACT_LIMIT',
      'PACING',
    ])
      expect([reason, (seen.get(reason) ?? 0) > 0]).toEqual([reason, true])
    expect(waiting).toBeGreaterThan(0)
  }, 600_000)
})
