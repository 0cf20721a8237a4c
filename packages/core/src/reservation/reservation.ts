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

/** A counted send as callers see it. */
export type Reservation = {
  id: string
  instanceName: string
  /** As the caller wrote it. */
  contactId: string | null
  strategy: StrategyName
  state: 'reserved' | 'confirmed' | 'released'
  preference: PreferenceOutcome
  /** How well the number and the contact know each other; null without a contact, and for reservations older than kinds. */
  kind: Kind | null
  /** ISO 8601 in UTC. */
  reservedAt: string
  /** Messages that its instance may still send in the present hour and local day. */
  remaining: { hour: number; day: number }
}
