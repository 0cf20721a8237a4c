import { unavailableReason } from '../instance/availability.ts'
import { PROBE_EVERY_S, PROBE_RESTRICTED_EVERY_S } from '../instance/delivery.ts'
import { type Candidate, isCounting, newContactRoom } from './candidate.ts'
import { isGroup } from './fallback.ts'

/** What was read of the conversations of a contact with the numbers where these decide. */
export type Acquaintance = {
  /** Its messages from these numbers have the kind `known` or `reply`. */
  readonly knownBy: ReadonlySet<string>
  /** Its messages from these numbers have the kind `reply` until this moment, in milliseconds since the epoch. */
  readonly repliesTo: ReadonlyMap<string, number>
  /** These numbers counted it as a new contact today. */
  readonly countedBy: ReadonlySet<string>
  /** These numbers counted it as a new contact, and this was given back: it takes room again, also of its own number. */
  readonly owedBy: ReadonlySet<string>
}

const NONE: ReadonlySet<string> = new Set()

/** The contact has no conversation with any number. */
export const NO_ACQUAINTANCE: Acquaintance = {
  knownBy: NONE,
  repliesTo: new Map(),
  countedBy: NONE,
  owedBy: NONE,
}

/** Whom a message is for, as far as limits depend on the person, and when it may go out. */
export type Recipient = Acquaintance & {
  /** The pool that serves the message; null: any number. */
  readonly pool: string | null
  /** The contact's number; null for none. */
  readonly own: string | null
  /** It is a person: there is a contact, and it is no group. A person who is new to a number takes room for new contacts there. */
  readonly isPerson: boolean
  /** Whether a message to the own number may be the probe of a failing number: the strategy follows the preference. */
  readonly mayProbe: boolean
  /** Whether a message may be the probe of a restricted number: it is counted, and it is for a person. */
  readonly mayProbeAsNew: boolean
  /** The present, in milliseconds since the epoch. */
  readonly atMs: number
  /** How long the message may wait for a number with a gap between messages. */
  readonly maxWaitMs: number
  /** The end of the present clock hour: no message waits longer, because its hour is charged. In milliseconds since the epoch. */
  readonly hourEndsMs: number
}

/** The message of which a recipient is made. */
export type Message = Pick<Recipient, 'pool' | 'own' | 'atMs' | 'maxWaitMs' | 'hourEndsMs'> & {
  /** The contact's key; null for none. */
  readonly contact: string | null
  /** The strategy follows the preference. */
  readonly followsPreference: boolean
  /** A message is counted: only such a one may be a probe. */
  readonly isCounted: boolean
}

/** The recipient of a message to a contact of whose conversations this was read. */
export function recipientOf(message: Message, acquaintance: Acquaintance): Recipient {
  const { contact, pool, own, followsPreference, isCounted, atMs, maxWaitMs, hourEndsMs } = message
  const { knownBy, repliesTo, countedBy, owedBy } = acquaintance
  const isPerson = contact !== null && !isGroup(contact)
  return {
    knownBy,
    repliesTo,
    countedBy,
    owedBy,
    pool,
    own,
    isPerson,
    mayProbe: isCounted && followsPreference,
    mayProbeAsNew: isCounted && isPerson,
    atMs,
    maxWaitMs,
    hourEndsMs,
  }
}

/** Whether no limit for new contacts applies to the recipient: it is the contact's own number, or the contact is known to it. */
export function isKnownTo(candidate: Pick<Candidate, 'name'>, recipient: Recipient | undefined): boolean {
  return (
    recipient !== undefined && (recipient.own === candidate.name || recipient.knownBy.has(candidate.name))
  )
}

/** Whether a number that can send serves this recipient: it serves all contacts, or the recipient is known to it, or is its next probe. */
export function isServed(candidate: Candidate, recipient: Recipient | undefined): boolean {
  return (
    (!candidate.isRestricted && !candidate.isDraining) ||
    isKnownTo(candidate, recipient) ||
    isRestrictionProbe(candidate, recipient)
  )
}

/** Whether a message to this recipient would count as one to a new contact, on a number with a limit for those. */
export function takesNewContactRoom(candidate: Candidate, recipient: Recipient | undefined): boolean {
  return (
    recipient?.isPerson === true &&
    isCounting(candidate) &&
    (recipient.owedBy.has(candidate.name) ||
      (!isKnownTo(candidate, recipient) && !recipient.countedBy.has(candidate.name)))
  )
}

/** Whether a number has no room for this recipient as a new contact. */
export function isWithoutNewContactRoom(candidate: Candidate, recipient: Recipient | undefined): boolean {
  return takesNewContactRoom(candidate, recipient) && newContactRoom(candidate) === 0
}

/** Whether a message that is granted now waits for its turn. */
export const isWaiting = (candidate: Pick<Candidate, 'minGapMs' | 'lastSentAtMs'>, atMs: number): boolean =>
  slotMs(candidate, atMs) > atMs

/** When a message that is granted now goes out, in milliseconds since the epoch. */
export function slotMs(candidate: Pick<Candidate, 'minGapMs' | 'lastSentAtMs'>, atMs: number): number {
  const { minGapMs, lastSentAtMs } = candidate
  return minGapMs > 0 ? Math.max(atMs, Math.ceil(lastSentAtMs + minGapMs)) : atMs
}

/** Whether the next message of a number goes out too late for this recipient. */
export function isPaced(candidate: Candidate, recipient: Recipient | undefined): boolean {
  if (candidate.minGapMs === 0 || recipient === undefined) return false
  const { atMs, maxWaitMs, hourEndsMs } = recipient
  const slot = slotMs(candidate, atMs)
  if (slot <= atMs) return false
  if (slot > atMs + maxWaitMs || slot >= hourEndsMs) return true
  return candidate.open !== null && !candidate.open.isOpen(slot) && !recipient.repliesTo.has(candidate.name)
}

/** Whether a message to this recipient would be the next probe of a failing number that could serve otherwise. */
export function isDeliveryProbe(candidate: Candidate, recipient: Recipient | undefined): boolean {
  return (
    candidate.isFailing &&
    recipient?.mayProbe === true &&
    recipient.own === candidate.name &&
    candidate.probedAtMs + PROBE_EVERY_S * 1000 <= recipient.atMs &&
    unavailableReason({ ...candidate, isFailing: false }) === null
  )
}

/**
 * Whether a message to this recipient would be the next probe of a restricted number that can send: the restriction is inferred, it and
 * the last probe are older than six hours, and the recipient is new to the number. A number that also fails gets no such probe: a
 * message that fails would prove nothing about the restriction.
 */
export function isRestrictionProbe(candidate: Candidate, recipient: Recipient | undefined): boolean {
  return (
    candidate.isRestricted &&
    !candidate.isDraining &&
    candidate.inferredSinceMs !== null &&
    recipient?.mayProbeAsNew === true &&
    !isKnownTo(candidate, recipient) &&
    Math.max(candidate.inferredSinceMs, candidate.probedAtMs) + PROBE_RESTRICTED_EVERY_S * 1000 <=
      recipient.atMs &&
    unavailableReason(candidate) === null
  )
}
