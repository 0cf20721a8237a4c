import type { Kind } from '../contact/conversations.ts'
import { NO_PREFERENCE, type Preference } from '../contact/preference-cache.ts'
import type { FleetError, Reason } from '../ground/fleet-error.ts'
import { type Candidate, isCounting, isTimed } from '../selection/candidate.ts'
import type { Pools } from '../selection/pools.ts'
import {
  type Acquaintance,
  isRestrictionProbe,
  NO_ACQUAINTANCE,
  type Recipient,
  recipientOf,
  takesNewContactRoom,
} from '../selection/recipient.ts'
import { noCapacity, refusalReason, unknownPool, type WindowEnds } from '../selection/refusal.ts'
import { strategies } from '../selection/strategies.ts'
import type { Strategy } from '../selection/strategy.ts'
import type { PendingReserve } from './pending-reserve.ts'
import type { PreferenceOutcome } from './reservation.ts'

/** One reserve with the instance that it claims and the cached preference of its contact. */
export type Pick = {
  reserve: PendingReserve
  instance: string
  /** 1 for the first reserve of the batch on this instance. */
  place: number
  expected: string | null
  /** `expected` is not stored for the pool: it is the contact's number outside of pools. */
  inherits: boolean
  /** The claim stores the instance as the contact's number, unless it finds another one than `expected`. */
  moves: boolean
  /** The contact's number, when it moves because that one cannot serve; the claim reads it again. Else null. */
  leaves: string | null
  outcome: PreferenceOutcome
  /** The kind of the message, if this process remembers it; null: the claim reads it. */
  kind: Kind | null
  /** The claim reads the conversation: at the last reading it decided whether the instance serves the contact. */
  isLimited: boolean
  /**
   * The instance, or the one that the contact leaves, had a gap between messages or hours, or it had a limit for new contacts and is not the
   * contact's own.
   */
  isBudgeted: boolean
  /** The instance had a gap between messages. */
  isPaced: boolean
  /** The instance had a limit for new contacts. */
  isCounting: boolean
  /** It takes room for new contacts, as far as was read. */
  isNew: boolean
  /** The probe of a restricted number: a message to a contact who is new to it. */
  isProbe: boolean
}

/** What was read after the reserve came, rather than with the last snapshot: everything except `older`, or some names. */
export type Fresh = { fleet: boolean; names: ReadonlySet<string>; older?: ReadonlySet<string> }

export type Ranking = {
  picks: Pick[]
  later: PendingReserve[]
  refused: { reserve: PendingReserve; error: FleetError }[]
}

/** What is known of conversations before the claim. */
export type Conversations = {
  /** What was read of the contact's conversations with the instances where these decide. */
  acquaintance(contact: string): Acquaintance
  /** The kind of a message, where it is remembered. */
  kindOf(contact: string, instance: string): Kind | null
}

const NO_CONVERSATIONS: Conversations = { acquaintance: () => NO_ACQUAINTANCE, kindOf: () => null }

/** The number of a contact: of its messages in the pool, or of those without a pool for null. */
export type PreferenceOf = (contact: string, pool: string | null) => Preference

/**
 * Gives every reserve of a batch an instance, in their order. A reserve is refused, or moved away from its own number, only
 * by fresh data and while no seat that could serve it is undecided; else it states what `mustRead`, or, with nothing to
 * read, waits for the seats in flight.
 *
 * Changes the pools (what is taken counts at once) and `mustRead`; no IO, no clock. `undecided`: seats of each instance in
 * claims that are in flight.
 */
export function rank(
  reserves: readonly PendingReserve[],
  pools: Pools,
  preferenceOf: PreferenceOf,
  fresh: Fresh,
  ends: WindowEnds,
  atMs: number,
  undecided: ReadonlyMap<string, number> = new Map(),
  conversations: Conversations = NO_CONVERSATIONS,
): Ranking {
  const ranking: Ranking = { picks: [], later: [], refused: [] }
  const places = new Map<string, number>()
  const leaders = new Map<string, Pick>()

  const pick = (
    reserve: PendingReserve,
    candidate: Candidate,
    strategy: Strategy,
    recipient: Recipient,
    outcome: PreferenceOutcome,
    { moves, inherits = false, isProbe = false }: { moves: boolean; inherits?: boolean; isProbe?: boolean },
  ): Pick => {
    const place = (places.get(candidate.name) ?? 0) + 1
    places.set(candidate.name, place)
    const isNew = takesNewContactRoom(candidate, recipient)
    pools.take(reserve.pool, candidate.name, strategy, { atMs, isProbe, isNew })
    const isOwn = recipient.own === candidate.name
    // What became of a probe counts only with the kind that the claim reads.
    const kind =
      reserve.contact === null || isProbe ? null : conversations.kindOf(reserve.contact, candidate.name)
    const picked: Pick = {
      reserve,
      instance: candidate.name,
      place,
      expected: recipient.own,
      inherits,
      moves,
      leaves: null,
      outcome,
      kind,
      isLimited:
        candidate.isRestricted ||
        candidate.isDraining ||
        candidate.isFailing ||
        candidate.isOutsideHours ||
        (isCounting(candidate) && (!isOwn || isNew)),
      isBudgeted:
        isTimed(candidate) || (isCounting(candidate) && reserve.contact !== null && (!isOwn || isNew)),
      isPaced: candidate.minGapMs > 0,
      isCounting: isCounting(candidate),
      isNew,
      isProbe,
    }
    ranking.picks.push(picked)
    return picked
  }
  const isUndecided = (name: string): boolean => places.has(name) || undecided.has(name)
  /** An instance with seats in flight may still have room for this reserve. */
  const mayHaveRoom = (name: string, reserve: PendingReserve, recipient: Recipient): boolean => {
    const candidate = pools.all.get(name)
    if (!candidate) return false
    const reason = refusalReason(candidate, reserve.exclude, recipient)
    return reason === null || MAY_BE_GIVEN_BACK.has(reason)
  }
  const isFresh = (name: string): boolean =>
    fresh.names.has(name) || (fresh.fleet && fresh.older?.has(name) !== true)
  const later = (reserve: PendingReserve, needs: string | null): void => {
    reserve.mustRead = needs
    ranking.later.push(reserve)
  }

  const recipientFor = (
    { contact, pool, strategy, maxWaitMs }: PendingReserve,
    own: string | null,
  ): Recipient =>
    recipientOf(
      {
        contact,
        pool,
        own,
        followsPreference: strategies[strategy].followsPreference,
        isCounted: true,
        atMs,
        maxWaitMs,
        hourEndsMs: ends.nextHourMs,
      },
      contact === null ? NO_ACQUAINTANCE : conversations.acquaintance(contact),
    )

  const noneOf = (reserve: PendingReserve, recipient: Recipient): FleetError => {
    const { exclude } = reserve
    const pool = pools.of(reserve.pool)
    return exclude
      ? noCapacity(pools.all.all(), exclude, ends, recipient)
      : noCapacity(pool.all(), undefined, ends, recipient, pools.all.size() - pool.size())
  }

  for (const reserve of reserves) {
    const strategy: Strategy = strategies[reserve.strategy]
    const pool = pools.of(reserve.pool)
    if (reserve.pool !== null && pool.size() === 0) {
      if (fresh.fleet) ranking.refused.push({ reserve, error: unknownPool(reserve.pool) })
      else later(reserve, '*')
      continue
    }
    const leader = reserve.contact === null ? undefined : leaders.get(reserve.contact)
    if (leader) {
      // A contact twice in one batch: both get the same number. Where the first may move the contact, the second waits for its claim, which may
      // be denied while that of the second is granted.
      const same = leader.moves ? undefined : pool.get(leader.instance)
      // What the first takes of the room for new contacts is for both.
      const counted = {
        ...recipientFor(reserve, leader.expected),
        countedBy: new Set([leader.instance]),
        owedBy: NO_ACQUAINTANCE.owedBy,
        mayProbe: false,
      }
      if (!same || refusalReason(same, reserve.exclude, counted) !== null) later(reserve, null)
      else pick(reserve, same, strategy, counted, leader.outcome, { moves: false })
      continue
    }

    const { instance: expected, isInherited } =
      reserve.contact === null ? NO_PREFERENCE : preferenceOf(reserve.contact, reserve.pool)
    const own = strategy.followsPreference && expected !== null ? pool.get(expected) : undefined
    const recipient = recipientFor(reserve, expected)
    let ownReason: Reason | 'GONE' | null = null
    if (strategy.followsPreference && expected !== null) {
      const reason = own ? refusalReason(own, reserve.exclude, recipient) : 'GONE'
      if (own && reason === null) {
        const how = { moves: isInherited, inherits: isInherited }
        leaders.set(reserve.contact as string, pick(reserve, own, strategy, recipient, 'kept', how))
        continue
      }
      if (reason !== 'EXCLUDED' && (isUndecided(expected) || !isFresh(expected))) {
        later(reserve, isUndecided(expected) ? null : expected)
        continue
      }
      ownReason = reason
      // A gap between messages is over in seconds: it moves no contact.
      if (own && (reserve.fallback === 'refuse' || (reserve.fallback === 'move' && reason === 'PACING'))) {
        ranking.refused.push({ reserve, error: noCapacity([own], reserve.exclude, ends, recipient) })
        continue
      }
    }

    const other = pool.next(strategy, reserve.exclude, recipient)
    if (!other) {
      if ([...places.keys(), ...undecided.keys()].some((name) => mayHaveRoom(name, reserve, recipient)))
        later(reserve, null)
      else if (!fresh.fleet || [...(fresh.older ?? [])].some((name) => mayHaveRoom(name, reserve, recipient)))
        later(reserve, '*')
      else ranking.refused.push({ reserve, error: noneOf(reserve, recipient) })
      continue
    }
    const outcome = preferenceOutcome(reserve, expected, own, other)
    const picked = pick(reserve, other, strategy, recipient, outcome, {
      moves: outcome === 'assigned' || outcome === 'moved',
      inherits: isInherited,
      isProbe: isRestrictionProbe(other, recipient),
    })
    // The claim reads again whether the number can send; whether it has room for a new contact was read of the conversation.
    const isCompared = ownReason !== 'EXCLUDED' && ownReason !== 'NEW_CONTACT_LIMIT'
    if (own && outcome === 'moved' && isCompared) {
      picked.leaves = own.name
      picked.isBudgeted ||= isTimed(own)
    }
    if (reserve.contact !== null) leaders.set(reserve.contact, picked)
  }
  return ranking
}

/** What an instance may have room for after all, when a claim in flight is denied. */
const MAY_BE_GIVEN_BACK: ReadonlySet<Reason> = new Set([
  'HOURLY_LIMIT',
  'DAILY_LIMIT',
  'NEW_CONTACT_LIMIT',
  'PACING',
])

/** What serving by `other` does to the preference. A number that no longer exists cannot be borrowed from or waited for. */
function preferenceOutcome(
  reserve: PendingReserve,
  expected: string | null,
  own: Candidate | undefined,
  other: Candidate,
): PreferenceOutcome {
  if (reserve.contact === null) return 'none'
  if (expected === null) return 'assigned'
  if (expected === other.name) return 'kept'
  return own && reserve.fallback === 'borrow' ? 'borrowed' : 'moved'
}

/** True when two reserves of one contact may go in one batch: both follow the preference and would be ranked alike. */
export function mayShareBatch(a: PendingReserve, b: PendingReserve): boolean {
  return (
    strategies[a.strategy].followsPreference &&
    a.strategy === b.strategy &&
    a.pool === b.pool &&
    a.fallback === b.fallback &&
    !a.exclude &&
    !b.exclude
  )
}

/** Whether two reserves may go in one claim: both with a pool or both without. */
export function mayGoTogether(a: PendingReserve, b: PendingReserve): boolean {
  return (a.pool === null) === (b.pool === null)
}
