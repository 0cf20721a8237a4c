import type { StrategyName } from '../selection/strategies.ts'

/** What a grant did to the contact's preference; `none` = there was no contact. */
export type PreferenceOutcome = 'kept' | 'assigned' | 'moved' | 'borrowed' | 'none'

/** A counted send as callers see it. */
export type Reservation = {
  id: string
  instanceName: string
  /** As the caller wrote it. */
  contactId: string | null
  strategy: StrategyName
  state: 'reserved' | 'confirmed' | 'released'
  preference: PreferenceOutcome
  /** ISO 8601 in UTC. */
  reservedAt: string
  /** Messages that its instance may still send in the present hour and local day. */
  remaining: { hour: number; day: number }
}
