import type { FleetErrorCode, Reason } from '../ground/fleet-error.ts'
import type { StrategyName } from '../selection/strategies.ts'
import type { OutcomeStatus, PreferenceOutcome } from './reservation.ts'

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
}

/** Ignores all events. */
export const noMetrics: FleetMetrics = { reserved() {}, refused() {}, batch() {}, outcome() {}, message() {} }
