import { unavailableReason } from '../instance/availability.ts'
import { PROBE_EVERY_S } from '../instance/delivery.ts'
import type { Candidate } from './candidate.ts'

/** Whom a message is for, as far as limits depend on the person. */
export type Recipient = {
  /** The contact's number; null for none. */
  readonly own: string | null
  /** Restricted numbers that know the contact beside its own. */
  readonly knownBy: ReadonlySet<string>
  /** Whether a message to the own number may be the probe of a failing number: the strategy follows the preference. */
  readonly mayProbe: boolean
  /** The present, in milliseconds since the epoch. */
  readonly atMs: number
}

/** Whether a restriction of this number does not apply to the recipient: it is the contact's own number, or the contact is known to it. */
export function isKnownTo(candidate: Pick<Candidate, 'name'>, recipient: Recipient | undefined): boolean {
  return (
    recipient !== undefined && (recipient.own === candidate.name || recipient.knownBy.has(candidate.name))
  )
}

/** Whether a message to this recipient would be the next probe of a failing number that could serve otherwise. */
export function isProbe(candidate: Candidate, recipient: Recipient | undefined): boolean {
  return (
    candidate.isFailing &&
    recipient?.mayProbe === true &&
    recipient.own === candidate.name &&
    candidate.probedAtMs + PROBE_EVERY_S * 1000 <= recipient.atMs &&
    unavailableReason({ ...candidate, isFailing: false }) === null
  )
}
