import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STRATEGIES } from '../../src/index.ts'
import type { PendingReserve } from '../../src/reservation/pending-reserve.ts'
import { mayShareBatch, type PreferenceOf, rank } from '../../src/reservation/rank.ts'
import { FALLBACKS } from '../../src/selection/fallback.ts'
import type { CandidateReading } from '../../src/selection/pool.ts'
import { createPools } from '../../src/selection/pools.ts'
import { refusalReason } from '../../src/selection/refusal.ts'
import { strategies } from '../../src/selection/strategies.ts'
import { fleetSeen, idle, instanceName, POOLS } from './arbitraries.ts'

const ENDS = { nextHourMs: 3_600_000, nextDayMs: 86_400_000 }
const CONTACTS = ['ana', 'bia', 'leo', 'teo']

const reserve: fc.Arbitrary<PendingReserve> = fc
  .record({
    contact: fc.option(fc.constantFrom(...CONTACTS)),
    pool: fc.option(fc.constantFrom(...POOLS)),
    strategy: fc.constantFrom(...STRATEGIES),
    fallback: fc.constantFrom(...FALLBACKS),
    exclude: fc.option(fc.uniqueArray(instanceName, { minLength: 1, maxLength: 6 })),
  })
  .map((given) => ({
    id: '',
    contactId: given.contact,
    contact: given.contact,
    clients: null,
    client: null,
    pool: given.pool,
    strategy: given.strategy,
    fallback: given.fallback,
    exclude: given.exclude ? new Set(given.exclude) : undefined,
    maxWaitMs: 0,
    idempotencyKey: null,
    hash: null,
    owner: null,
    deadlineMs: 0,
    mustRead: null,
    goesAlone: false,
    wasDenied: false,
    place: 0,
    isAnswered: false,
    resolve: () => {},
    reject: () => {},
  }))

/** The shape of the engine's batches: one contact occurs twice only where both reserves rank alike. */
const batch = fc.array(reserve, { maxLength: 25 }).map((reserves) => {
  const first = new Map<string, PendingReserve>()
  return reserves.filter((one) => {
    const same = one.contact === null ? undefined : first.get(one.contact)
    if (same && !mayShareBatch(same, one)) return false
    if (one.contact !== null && !same) first.set(one.contact, one)
    return true
  })
})

const beliefs = fc.dictionary(fc.constantFrom(...CONTACTS), instanceName)
const fresh = fc.record({ fleet: fc.boolean(), names: fc.uniqueArray(instanceName, { maxLength: 4 }) })

const scene = fc.record({ fleet: fleetSeen, reserves: batch, expected: beliefs, fresh })

/** Contacts have the same number in each pool. */
const preferenceIn =
  (expected: Record<string, string>): PreferenceOf =>
  (contact) => ({ instance: expected[contact] ?? null, isInherited: false })

const tagsOf = (fleet: readonly CandidateReading[], name: string): readonly string[] =>
  fleet.find((one) => one.name === name)?.tags ?? []

const inPool = (fleet: readonly CandidateReading[], pool: string | null): string[] =>
  fleet.filter(({ tags }) => pool === null || tags?.includes(pool)).map(({ name }) => name)

function play(given: typeof scene extends fc.Arbitrary<infer Scene> ? Scene : never) {
  const pools = createPools()
  pools.updateAll(given.fleet)
  const room = new Map(
    given.fleet.map((one) => [
      one.name,
      Math.min(one.hourlyCapacity - one.sentThisHour, one.dailyCapacity - one.sentToday),
    ]),
  )
  const could = new Map([...pools.all.all()].map((one) => [one.name, refusalReason(one) === null]))
  const known = { fleet: given.fresh.fleet, names: new Set(given.fresh.names) }
  const ranking = rank(given.reserves, pools, preferenceIn(given.expected), known, ENDS, 1)
  return { pools, room, could, known, ranking }
}

describe('ranking a batch', () => {
  it('gives every reserve exactly one result', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { ranking } = play(given)
        const fates = [
          ...ranking.picks.map((pick) => pick.reserve),
          ...ranking.later,
          ...ranking.refused.map((refused) => refused.reserve),
        ]
        expect(fates).toHaveLength(given.reserves.length)
        expect(new Set(fates)).toEqual(new Set(given.reserves))
      }),
    )
  })

  it('gives an instance no more picks than it has room for, numbered from 1, and none that is not allowed', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { ranking, room, could } = play(given)
        const places = new Map<string, number>()
        for (const { reserve: asked, instance, place } of ranking.picks) {
          expect(could.get(instance)).toBe(true)
          expect(asked.exclude?.has(instance) ?? false).toBe(false)
          if (asked.pool !== null) expect(tagsOf(given.fleet, instance)).toContain(asked.pool)
          expect(place).toBe((places.get(instance) ?? 0) + 1)
          expect(place).toBeLessThanOrEqual(room.get(instance) ?? 0)
          places.set(instance, place)
        }
      }),
    )
  })

  it('sends one contact to one number, and gives the move of a contact to one reserve alone', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { ranking } = play(given)
        for (const contact of CONTACTS) {
          const picks = ranking.picks.filter((pick) => pick.reserve.contact === contact)
          expect(new Set(picks.map((pick) => pick.instance)).size).toBeLessThanOrEqual(1)
          // A claim may deny a move and grant what follows it: whatever moves a contact is its only pick, and reports the move.
          const moves = picks.filter((pick) => pick.moves)
          if (moves.length > 0) expect(picks).toHaveLength(1)
        }
      }),
    )
  })

  it('follows the preference while that number is available, and reports truly what became of it', () => {
    fc.assert(
      fc.property(scene, (given) => {
        for (const { reserve: asked, instance, outcome, expected, moves } of play(given).ranking.picks) {
          if (asked.contact === null) {
            expect([outcome, moves, expected]).toEqual(['none', false, null])
            continue
          }
          expect(expected).toBe(given.expected[asked.contact] ?? null)
          if (outcome === 'assigned') expect([expected, moves]).toEqual([null, true])
          if (outcome === 'moved') expect([expected !== instance, moves]).toEqual([true, true])
          if (outcome === 'borrowed')
            expect([asked.fallback, expected !== instance, moves]).toEqual(['borrow', true, false])
          if (outcome === 'kept') expect([instance, moves]).toEqual([expected, false])
          if (
            outcome === 'moved' &&
            strategies[asked.strategy].followsPreference &&
            asked.fallback === 'refuse'
          )
            expect(inPool(given.fleet, asked.pool)).not.toContain(expected)
        }
      }),
    )
  })

  it('refuses, or leaves a preferred number, only on fresh readings; a reserve that must wait for one names it', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { ranking, known, pools } = play(given)
        for (const { reserve: asked, error } of ranking.refused) {
          const members = inPool(given.fleet, asked.pool)
          expect(error.code).toBe(asked.pool !== null && members.length === 0 ? 'NOT_FOUND' : 'NO_CAPACITY')
          const own = asked.contact === null ? undefined : given.expected[asked.contact]
          const waitsForOwn = asked.fallback === 'refuse' && asked.strategy === 'sticky' && own !== undefined
          if (waitsForOwn && !known.fleet) expect(known.names.has(own) || asked.exclude?.has(own)).toBe(true)
          else if (!known.fleet) throw new Error('refused on a picture that may be old')
          else if (!waitsForOwn || !members.includes(own)) {
            // A reason for each number of the fleet.
            if (error.code === 'NO_CAPACITY')
              expect(Object.values(error.reasons ?? {}).reduce((sum, count) => sum + count, 0)).toBe(
                given.fleet.length,
              )
            // Nothing of this batch is undecided, so no denied claim of another reserve could have been its seat.
            expect(
              [...pools.of(asked.pool).all()].filter((one) => refusalReason(one, asked.exclude) === null),
            ).toEqual([])
          }
        }
        for (const { reserve: asked, expected, outcome, instance } of ranking.picks)
          if (
            outcome === 'moved' &&
            asked.strategy === 'sticky' &&
            expected !== null &&
            !asked.exclude?.has(expected)
          )
            expect(known.fleet || known.names.has(expected) || expected === instance).toBe(true)
        for (const asked of ranking.later) {
          const own = asked.contact === null ? null : (given.expected[asked.contact] ?? null)
          expect([null, '*', own]).toContain(asked.mustRead)
        }
      }),
    )
  })

  it('ends: reserves that go later are decided once everything is fresh and no seat is open', () => {
    fc.assert(
      fc.property(scene, (given) => {
        const { pools, known } = play({ ...given, reserves: [], fresh: { fleet: true, names: [] } })
        let reserves = given.reserves
        for (let round = 0; reserves.length > 0; round++) {
          expect(round).toBeLessThanOrEqual(given.reserves.length + 1)
          const { later } = rank(reserves, pools, preferenceIn(given.expected), known, ENDS, 1)
          reserves = later
        }
      }),
    )
  })
})

describe('a restricted number that is due for a probe', () => {
  const SINCE = 1
  const DUE_MS = SINCE + 21_600_000
  const reserveOf = (contact: string | null): PendingReserve => ({
    ...(fc.sample(reserve, 1)[0] as PendingReserve),
    contact,
    pool: null,
    strategy: 'sticky',
    fallback: 'move',
    exclude: undefined,
  })
  const ranked = (
    contacts: (string | null)[],
    b: Partial<CandidateReading>,
    own: Record<string, string> = {},
  ) => {
    const pools = createPools()
    pools.update([
      { ...idle('a'), isRestricted: true, inferredSinceMs: SINCE, sentToday: 100 },
      { ...idle('b'), ...b },
    ])
    const known = { fleet: true, names: new Set<string>() }
    const { picks, refused } = rank(contacts.map(reserveOf), pools, preferenceIn(own), known, ENDS, DUE_MS)
    return {
      picks: picks.map(({ instance, isProbe }) => (isProbe ? `probe ${instance}` : instance)),
      refused: refused.length,
    }
  }

  it('gets one new contact of a batch, at the place that its order gives it', () => {
    expect(ranked(['x', 'y', 'z'], { sentToday: 200 })).toEqual({ picks: ['probe a', 'b', 'b'], refused: 0 })
    expect(ranked([null, 'x', 'y', 'z'], { sentToday: 200 })).toEqual({
      picks: ['b', 'probe a', 'b', 'b'],
      refused: 0,
    })
    expect(ranked(['123@g.us', 'x'], { sentToday: 200 })).toEqual({ picks: ['b', 'probe a'], refused: 0 })
    expect(ranked(['own', 'x', 'own'], { sentToday: 5_000 }, { own: 'a' })).toEqual({
      picks: ['a', 'probe a', 'a'],
      refused: 0,
    })
  })

  it('gets none while the order prefers another, and one once the other cannot serve', () => {
    expect(ranked(['x', 'y'], {})).toEqual({ picks: ['b', 'b'], refused: 0 })
    expect(ranked(['x', 'y'], { paused: true }).picks).toEqual(['probe a'])
  })
})
