import type { FleetError } from '../ground/fleet-error.ts'
import { type Candidate, isAvailable } from '../selection/candidate.ts'
import type { Pool } from '../selection/pool.ts'
import { noCapacity, refusalReason, type WindowEnds } from '../selection/refusal.ts'
import { strategies } from '../selection/strategies.ts'
import type { Strategy } from '../selection/strategy.ts'
import type { Ask } from './pending-reserve.ts'
import type { PreferenceOutcome } from './reservation.ts'

/** One ask with the instance it shall claim and what is believed of its contact. */
export type Pick = {
  ask: Ask
  instance: string
  /** 1 for the first ask of the batch on this instance. */
  place: number
  believed: string | null
  moves: boolean
  outcome: PreferenceOutcome
}

/** What is known as of now, rather than as of the last snapshot: everything except `older`, or some names. */
export type Fresh = { fleet: boolean; names: ReadonlySet<string>; older?: ReadonlySet<string> }

export type Ranking = { picks: Pick[]; later: Ask[]; refused: { ask: Ask; error: FleetError }[] }

/**
 * Gives every ask of a batch an instance, in their order. An ask is refused, or moved away from its own number, only on
 * fresh knowledge and while no seat that could serve it is undecided; else it says what it `needs` to have read, or, with
 * nothing to read, waits for the seats in flight.
 *
 * Changes the pool (what is taken counts at once) and `needs`; no IO, no clock. `undecided`: seats of each instance in
 * claims that are under way.
 */
export function rank(
  asks: readonly Ask[],
  pool: Pool,
  preferenceOf: (contact: string) => string | null,
  fresh: Fresh,
  ends: WindowEnds,
  atMs: number,
  undecided: ReadonlyMap<string, number> = new Map(),
): Ranking {
  const ranking: Ranking = { picks: [], later: [], refused: [] }
  const places = new Map<string, number>()
  const leaders = new Map<string, Pick>()

  const pick = (
    ask: Ask,
    candidate: Candidate,
    strategy: Strategy,
    believed: string | null,
    outcome: PreferenceOutcome,
    moves: boolean,
  ): Pick => {
    const place = (places.get(candidate.name) ?? 0) + 1
    places.set(candidate.name, place)
    pool.take(candidate, strategy, atMs)
    const picked = { ask, instance: candidate.name, place, believed, moves, outcome }
    ranking.picks.push(picked)
    return picked
  }
  const isUndecided = (name: string): boolean => places.has(name) || undecided.has(name)
  /** An instance with seats in flight may turn out to have room for this ask. */
  const mayHaveRoom = (name: string, ask: Ask): boolean => {
    const candidate = pool.get(name)
    return (
      candidate?.status === 'connected' &&
      !candidate.paused &&
      !candidate.isDuplicate &&
      !ask.exclude?.has(name)
    )
  }
  const isFresh = (name: string): boolean =>
    fresh.names.has(name) || (fresh.fleet && fresh.older?.has(name) !== true)
  const later = (ask: Ask, needs: string | null): void => {
    ask.needs = needs
    ranking.later.push(ask)
  }

  for (const ask of asks) {
    const strategy: Strategy = strategies[ask.strategy]
    const leader = ask.contact === null ? undefined : leaders.get(ask.contact)
    if (leader) {
      // The same person twice in one batch: whatever number the first gets, the second gets too.
      const same = pool.get(leader.instance)
      if (!same || !isAvailable(same)) later(ask, null)
      else
        pick(
          ask,
          same,
          strategy,
          leader.believed,
          leader.outcome === 'borrowed' ? 'borrowed' : 'kept',
          leader.moves,
        )
      continue
    }

    const believed = ask.contact === null ? null : preferenceOf(ask.contact)
    const own = strategy.followsPreference && believed !== null ? pool.get(believed) : undefined
    if (strategy.followsPreference && believed !== null) {
      const reason = own ? refusalReason(own, ask.exclude) : 'GONE'
      if (own && reason === null) {
        leaders.set(ask.contact as string, pick(ask, own, strategy, believed, 'kept', false))
        continue
      }
      if (reason !== 'EXCLUDED' && (isUndecided(believed) || !isFresh(believed))) {
        later(ask, isUndecided(believed) ? null : believed)
        continue
      }
      if (own && ask.fallback === 'refuse') {
        ranking.refused.push({ ask, error: noCapacity([own], ask.exclude, ends) })
        continue
      }
    }

    const other = pool.next(strategy, ask.exclude)
    if (!other) {
      if ([...places.keys(), ...undecided.keys()].some((name) => mayHaveRoom(name, ask))) later(ask, null)
      else if (!fresh.fleet || [...(fresh.older ?? [])].some((name) => mayHaveRoom(name, ask)))
        later(ask, '*')
      else ranking.refused.push({ ask, error: noCapacity(pool.all(), ask.exclude, ends) })
      continue
    }
    const outcome = preferenceOutcome(ask, believed, own, other)
    const picked = pick(
      ask,
      other,
      strategy,
      believed,
      outcome,
      outcome === 'assigned' || outcome === 'moved',
    )
    if (ask.contact !== null) leaders.set(ask.contact, picked)
  }
  return ranking
}

/** What serving by `other` does to the preference. A number that no longer exists cannot be borrowed from or waited for. */
function preferenceOutcome(
  ask: Ask,
  believed: string | null,
  own: Candidate | undefined,
  other: Candidate,
): PreferenceOutcome {
  if (ask.contact === null) return 'none'
  if (believed === null) return 'assigned'
  if (believed === other.name) return 'kept'
  return own && ask.fallback === 'borrow' ? 'borrowed' : 'moved'
}

/** True when two asks of one contact may go in one batch: both follow the preference and would be ranked alike. */
export function mayShareBatch(a: Ask, b: Ask): boolean {
  return (
    strategies[a.strategy].followsPreference &&
    a.strategy === b.strategy &&
    a.fallback === b.fallback &&
    !a.exclude &&
    !b.exclude
  )
}
