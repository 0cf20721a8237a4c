import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAcquaintances } from '../src/contact/conversations.ts'
import { listInstances } from '../src/index.ts'
import { createClaim } from '../src/reservation/claim.ts'
import { createClaimOne } from '../src/reservation/claim-one.ts'
import type { PendingReserve } from '../src/reservation/pending-reserve.ts'
import type { Pick } from '../src/reservation/rank.ts'
import { readFleet } from '../src/reservation/read-fleet.ts'
import { isAvailable } from '../src/selection/candidate.ts'
import { isRestrictionProbe, NO_ACQUAINTANCE, type Recipient } from '../src/selection/recipient.ts'
import { refusalReason } from '../src/selection/refusal.ts'
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
  hourlyCapacity: fc.oneof(small, fc.constant(5)),
  dailyCapacity: fc.oneof(small, fc.constant(5)),
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
  delivery: fc.constantFrom(null, null, null, 'ok', 'ok', 'failing', 'failing', 'Failing'),
  probedAt: fc.constantFrom(
    null,
    null,
    '2026-03-10T07:20:00Z',
    '2026-03-10T07:20:01Z',
    '2026-03-10T13:18:59Z',
    '2026-03-10T13:19:00Z',
    '2026-03-10T13:19:01Z',
  ),
  restrictedSince: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    {
      weight: 3,
      arbitrary: fc.constantFrom('2026-03-09T13:00:00Z', '2026-03-10T07:20:00Z', '2026-03-10T07:20:01Z'),
    },
  ),
  restrictedUntil: fc.constantFrom(null, null, NOW, '2026-03-10T13:20:01Z'),
  restrictionSource: fc.constantFrom('inferred', 'inferred', 'inferred', 'operator', null),
  draining: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
  removed: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
  priority: fc.constantFrom(null, -3, 0, 1, 50, 101, 5_000),
  lastSentAt: fc.constantFrom(null, '2026-03-10T13:00:00Z', '2026-03-10T15:00:00Z'),
})

/** Connected and with room. */
const able = {
  status: 'connected',
  hourlyCapacity: 5,
  dailyCapacity: 5,
  sentThisHour: 0,
  sentToday: 0,
  paused: false,
  duplicateOf: null,
  draining: false,
  removed: false,
}
const limited = { ...able, delivery: 'ok', restrictedSince: '2026-03-09T13:00:00Z', restrictedUntil: null }

/** The last four rows can serve some contacts: those of a failing number, a restricted number that is due for a probe, another one, and a draining one. */
const rows = fc
  .array(row, { minLength: 40, maxLength: 40 })
  .map((given) => [
    ...given.slice(0, 36),
    { ...given[36], ...able, delivery: 'ok', restrictedSince: null, draining: true } as Row,
    { ...given[37], ...able, delivery: 'failing', probedAt: '2026-03-10T13:18:59Z' } as Row,
    { ...given[38], ...limited, restrictionSource: 'inferred', probedAt: null } as Row,
    { ...given[39], ...limited, restrictionSource: 'operator' } as Row,
  ])

const insert = `insert into whatsapp_instances
  (nome, status, capacidade_hora, capacidade_dia, msgs_enviadas_hora, msgs_enviadas_dia, janela_hora, janela_dia, pausada, removida_em, prioridade, ultima_msg_at, duplicata_de, entrega, sondada_em, restrita_desde, restrita_ate, restrita_fonte, drenando)
  select * from unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::timestamptz[], $8::timestamptz[], $9::bool[], $10::timestamptz[], $11::int[], $12::timestamptz[], $13::text[], $14::text[], $15::timestamptz[], $16::timestamptz[], $17::timestamptz[], $18::text[], $19::bool[])`

const name = (at: number): string => `n${String(at).padStart(2, '0')}`

/** One reserve aimed at one instance, so that the claim alone decides. */
function pickOf(instance: string, at: number): Pick {
  const reserve = {
    id: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
    contact: null,
    client: null,
    clients: null,
    pool: null,
    strategy: 'sticky',
    idempotencyKey: null,
    hash: null,
    maxWaitMs: 0,
  } as PendingReserve
  return {
    reserve,
    instance,
    place: 1,
    expected: null,
    inherits: false,
    moves: false,
    leaves: null,
    outcome: 'none',
    kind: null,
    isLimited: false,
    isBudgeted: false,
    isPaced: false,
    isCounting: false,
    isNew: false,
    isProbe: false,
  }
}

/** A reserve of a contact, with the number that is cached for it. */
function pickFor(
  instance: string,
  at: number,
  { contact, expected }: { contact: string; expected: string | null },
): Pick {
  const pick = pickOf(instance, at)
  return { ...pick, reserve: { ...pick.reserve, contact }, expected }
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
    given.map((one) => one.delivery),
    given.map((one) => one.probedAt),
    given.map((one) => one.restrictedSince),
    given.map((one) => one.restrictedUntil),
    given.map((one) => one.restrictionSource),
    given.map((one) => one.draining),
  ])
}

/** A conversation of each instance with a contact; each second one is too old to count. */
async function storeConversations(names: readonly string[]): Promise<void> {
  await sql(
    `insert into zapfleet.conversations (contact_id, instance_name, last_sent_at)
     select 'c' || n, n, $2::timestamptz - interval '1 day' * case when ord % 2 = 0 then 29 else 31 end
     from unnest($1::text[]) with ordinality o(n, ord)`,
    [names, NOW],
  )
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
    const recipientOf = (own: string): Recipient => ({
      ...NO_ACQUAINTANCE,
      pool: null,
      own,
      isPerson: true,
      mayProbe: true,
      mayProbeAsNew: true,
      atMs: Date.parse(NOW),
      maxWaitMs: 0,
      hourEndsMs: Date.parse(NOW) + 1,
    })
    const ownSeat = async (pick: Pick) => {
      const { present, seat } = await one.own(pick.reserve)
      expect(present).toBe(pick.instance)
      return seat
    }
    let [granting, unable, probes, restricted, restrictionProbes, drained] = [0, 0, 0, 0, 0, 0]
    await fc.assert(
      fc.asyncProperty(rows, async (given) => {
        await fill(given)
        const read = new Map(
          (await readFleet(ground)).candidates
            .sort((a, b) => (a.name < b.name ? -1 : 1))
            .map((seen) => [
              seen.name,
              { ...seen, tags: seen.tags ?? [], server: seen.server ?? '', turn: 0 },
            ]),
        )
        const listed = new Map((await listInstances(fleet, {})).map((one) => [one.name, one]))
        const names = given.map((_, at) => name(at))
        const claimed = await claim(names.map(pickOf))

        const granted = names.filter((_, at) => !claimed.denied.has(at))
        const able = [...read.values()].filter(isAvailable).map((one) => one.name)
        const serving = (recipient?: Recipient): string[] =>
          [...read.values()]
            .filter((one) => refusalReason(one, undefined, recipient) === null)
            .map(({ name }) => name)
        expect(serving()).toEqual(granted)
        expect([...listed.values()].filter((one) => one.available).map((one) => one.name)).toEqual(able)
        for (const [at, one] of given.entries()) expect(read.has(name(at))).toBe(!one.removed)

        // The state that the claim returns is what was read before it, plus its own grant.
        for (const [of, seen] of read) {
          const grant = granted.includes(of) ? 1 : 0
          const { turn, ...before } = seen
          expect(claimed.seats.get(of)).toEqual({
            ...before,
            // Without a pool the claim reads no tags, and never the server.
            tags: null,
            server: null,
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
          const seat = await one.picked(pickOf(of, at).reserve, { ...pickOf(of, at), reads: at % 2 === 0 })
          const after = claimed.seats.get(of)
          expect(seat?.candidate).toEqual(granted.includes(of) ? after : undefined)
        }
        expect(await standing()).toEqual(many)
        // A contact whose own number it is: also a restricted one, and a failing one that is due for a probe.
        const servesOwn = names.filter((of) => serving(recipientOf(of)).includes(of))
        await fill(given)
        await sql(
          'insert into zapfleet.contacts (id, preferred_instance) select n, n from unnest($1::text[]) n',
          [names],
        )
        const ownPicks = names.map((of, at) => pickFor(of, at, { contact: of, expected: of }))
        const ownClaimed = await claim(ownPicks)
        expect(names.filter((_, at) => !ownClaimed.denied.has(at))).toEqual(servesOwn)
        for (const of of servesOwn)
          expect(ownClaimed.seats.get(of)?.probedAtMs).toBe(
            read.get(of)?.isFailing ? Date.parse(NOW) : read.get(of)?.probedAtMs,
          )
        const ownMany = await standing()
        // With remembered kinds the claim of instances that serve every contact reads no conversations.
        await fill(given)
        await sql(
          'insert into zapfleet.contacts (id, preferred_instance) select n, n from unnest($1::text[]) n',
          [names],
        )
        const isLimited = (of: string): boolean =>
          read.get(of)?.isRestricted === true ||
          read.get(of)?.isDraining === true ||
          read.get(of)?.isFailing === true
        const free = ownPicks
          .filter(({ instance }) => !isLimited(instance))
          .map((pick) => ({ ...pick, kind: 'known' as const }))
        const remembered = await claim(free)
        const grantedFree = free.filter((_, at) => !remembered.denied.has(at)).map(({ instance }) => instance)
        expect(grantedFree).toEqual(servesOwn.filter((of) => !isLimited(of)))
        for (const [of, seat] of remembered.seats)
          expect(seat).toEqual({ ...ownClaimed.seats.get(of), inferredSinceMs: null })
        expect(remembered.kinds.size).toBe(0)
        for (const way of ['own', 'picked'] as const) {
          await fill(given)
          await sql(
            'insert into zapfleet.contacts (id, preferred_instance) select n, n from unnest($1::text[]) n',
            [names],
          )
          for (const pick of ownPicks) {
            const seat =
              way === 'own' ? await ownSeat(pick) : await one.picked(pick.reserve, { ...pick, reads: true })
            const expected = servesOwn.includes(pick.instance)
              ? ownClaimed.seats.get(pick.instance)
              : undefined
            expect(seat?.candidate).toEqual(expected)
          }
          expect(await standing()).toEqual(ownMany)
        }

        // A contact of another number: only those that are known to a restricted number.
        await fill(given)
        await storeConversations(names)
        const known = await readAcquaintances(
          ground,
          names.map((of) => `c${of}`),
          new Set(names),
        )
        const recipientFor = (of: string): Recipient => ({
          ...(known.get(`c${of}`) ?? NO_ACQUAINTANCE),
          pool: null,
          own: null,
          isPerson: true,
          mayProbe: true,
          mayProbeAsNew: true,
          atMs: Date.parse(NOW),
          maxWaitMs: 0,
          hourEndsMs: Date.parse(NOW) + 1,
        })
        const isProbeOf = (of: string): boolean => {
          const candidate = read.get(of)
          return candidate !== undefined && isRestrictionProbe(candidate, recipientFor(of))
        }
        const strangePicks = names.map((of, at) => ({
          ...pickFor(of, at, { contact: `c${of}`, expected: null }),
          isProbe: isProbeOf(of),
        }))
        const strangeClaimed = await claim(strangePicks)
        const servesStrange = names.filter((of) => serving(recipientFor(of)).includes(of))
        expect(names.filter((_, at) => !strangeClaimed.denied.has(at))).toEqual(servesStrange)
        for (const [at, kind] of strangeClaimed.kinds) expect(kind).toBe(at % 2 === 1 ? 'known' : 'new')
        expect(strangeClaimed.kinds.size).toBe(servesStrange.length)
        const probed = servesStrange.filter(isProbeOf)
        for (const of of servesStrange)
          expect(strangeClaimed.seats.get(of)).toMatchObject({
            probedAtMs: probed.includes(of) ? Date.parse(NOW) : read.get(of)?.probedAtMs,
            inferredSinceMs: read.get(of)?.inferredSinceMs,
          })
        // The probe of a number is its last one for six hours, and only a reserve that is ranked as the probe is one.
        const others = (isProbe: boolean) =>
          probed.map((of, at) => ({
            ...pickFor(of, names.length + at, { contact: `d${of}`, expected: null }),
            isProbe,
          }))
        expect((await claim(others(true))).denied.size).toBe(probed.length)
        for (const pick of others(true))
          expect(await one.picked(pick.reserve, { ...pick, reads: true })).toBeNull()
        const strangeMany = await standing()
        await fill(given)
        await storeConversations(names)
        expect((await claim(others(false))).denied.size).toBe(probed.length)
        for (const pick of strangePicks) {
          const seat = await one.picked(pick.reserve, { ...pick, reads: true })
          const after = strangeClaimed.seats.get(pick.instance)
          expect(seat?.candidate).toEqual(servesStrange.includes(pick.instance) ? after : undefined)
        }
        expect(await standing()).toEqual(strangeMany)
        restrictionProbes += probed.length
        probes += servesOwn.filter((of) => read.get(of)?.isFailing).length
        restricted += servesStrange.filter((of) => read.get(of)?.isRestricted).length
        drained += servesOwn.filter((of) => read.get(of)?.isDraining).length
        await sql('delete from zapfleet.conversations')
        granting += granted.length
        unable += names.length - granted.length
      }),
      { numRuns: 40 },
    )
    expect(granting).toBeGreaterThan(50)
    expect(unable).toBeGreaterThan(100)
    expect(probes).toBeGreaterThanOrEqual(40)
    expect(restricted).toBeGreaterThanOrEqual(80)
    expect(restrictionProbes).toBeGreaterThanOrEqual(40)
    expect(drained).toBeGreaterThanOrEqual(40)
  }, 600_000)
})
