import type { Kind } from '../contact/conversations.ts'
import type { StrategyName } from '../selection/strategies.ts'

/** What a grant did to the contact's preference; `none` = there was no contact. */
export type PreferenceOutcome = 'kept' | 'assigned' | 'moved' | 'borrowed' | 'none'

/**
 * Why a message was not sent. `line_down`: the number has no connection to WhatsApp; `not_on_whatsapp`: the contact has no
 * WhatsApp; `refused`: Evolution refused it for another reason; `not_tried`: nothing was sent to Evolution.
 */
export const RELEASE_CAUSES = ['line_down', 'not_on_whatsapp', 'refused', 'not_tried'] as const

export type ReleaseCause = (typeof RELEASE_CAUSES)[number]

/** What became of a message, from the lowest to the highest: a status is replaced by a higher one, never by a lower one. */
export const OUTCOME_STATUSES = ['sent', 'failed', 'delivered', 'read'] as const

export type OutcomeStatus = (typeof OUTCOME_STATUSES)[number]

/**
 * What became of a message: `sent` WhatsApp's server has it, `failed` it was refused, `delivered` to a phone, `read`.
 * `at` is when this status was first reported, ISO 8601 in UTC; `error` why it failed, where that was reported.
 */
export type Outcome = { status: OutcomeStatus; at: string; error: string | null }

/** A counted send as callers see it. */
export type Reservation = {
  id: string
  instanceName: string
  /** The Evolution server of this instance now. */
  server: string
  /** As the caller wrote it. */
  contactId: string | null
  /** The tag that the reserve named; null: none. */
  pool: string | null
  strategy: StrategyName
  state: 'reserved' | 'confirmed' | 'released'
  preference: PreferenceOutcome
  /** How well the number and the contact know each other; null without a contact, and for reservations older than kinds. */
  kind: Kind | null
  /** Evolution's id of the message; null before it is known. */
  messageId: string | null
  /** Null while nothing is known. */
  outcome: Outcome | null
  /** ISO 8601 in UTC. */
  reservedAt: string
  /** Not to be sent before this moment, ISO 8601 in UTC; null: it may be sent at once. */
  notBefore: string | null
  /**
   * Messages that its instance may still send in the present hour and local day, and how many new contacts it may still write to; null: no
   * limit.
   */
  remaining: { hour: number; day: number; newContacts: number | null }
}
