import { unavailableReason } from '../instance/availability.ts'
import { PROBE_EVERY_S, PROBE_RESTRICTED_EVERY_S } from '../instance/delivery.ts'
import type { Candidate } from './candidate.ts'

/** Whom a message is for, as far as limits depend on the person. */
export type Recipient = {
  /** The contact's number; null for none. */
  readonly own: string | null
  /** Restricted and draining numbers that know the contact beside its own. */
  readonly knownBy: ReadonlySet<string>
  /** Whether a message to the own number may be the probe of a failing number: the strategy follows the preference. */
  readonly mayProbe: boolean
  /** Whether a message may be the probe of a restricted number: it is counted, and it is for a contact who is no group. */
  readonly mayProbeAsNew: boolean
  /** The present, in milliseconds since the epoch. */
  readonly atMs: number
}

/** Whether no restriction or draining of this number applies to the recipient: it is the contact's own number, or the contact is known to it. */
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
