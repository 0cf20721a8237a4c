import type { FleetErrorCode, Reason } from '../ground/fleet-error.ts'
import type { StrategyName } from '../selection/strategies.ts'
import type { OutcomeStatus, PreferenceOutcome } from './reservation.ts'

/**
 * What became of an event that is posted to a webhook endpoint. `failed`: the attempt is repeated; `skipped`: it was refused for too
 * long; `disabled`: the receiver wants nothing more.
 */
export type DeliveryOutcome = 'accepted' | 'failed' | 'skipped' | 'disabled'

/** What became of a notice of an alert route. `failed`: the attempt is repeated; `given_up`: it failed for too long. */
export type NoticeOutcome = 'accepted' | 'failed' | 'given_up'

/** Receives figures of the hot path, for metrics. Called for every reserve: must be quick, and must not throw. */
export type FleetMetrics = {
  /** A reserve was answered, and how long that took. */
  reserved(strategy: StrategyName, outcome: PreferenceOutcome, tookMs: number): void
  /** A reserve was refused; `reasons`: why each number could not serve, where that is why. */
  refused(strategy: StrategyName, code: FleetErrorCode, reasons: Partial<Record<Reason, number>>): void
  /** A batch of claims returned from the database. */
  batch(size: number, tookMs: number): void
  /** So many messages of an instance reached this status. Not of the hot path. */
  outcome(instance: string, status: OutcomeStatus, messages: number): void
  /** A try to send a message ended in this state, so long after the message was due. Not of the hot path. */
  message(state: string, sinceDueMs: number): void
  /** So many events of a webhook endpoint came to this end. Not of the hot path. */
  delivered(endpoint: string, outcome: DeliveryOutcome, events: number): void
  /** So many notices of an alert route came to this end. Not of the hot path. */
  noticed(route: string, outcome: NoticeOutcome, notices: number): void
}

/** Ignores all events. */
export const noMetrics: FleetMetrics = {
  reserved() {},
  refused() {},
  batch() {},
  outcome() {},
  message() {},
  delivered() {},
  noticed() {},
}
