import type { Call } from '../ground/call.ts'
import type { CoalescedRuns } from '../ground/coalesce-runs.ts'
import type { HealthFleet } from '../health/health-fleet.ts'
import type { Baselines } from './baselines.ts'

/** What a process keeps for judging deliveries. */
export type DeliveryState = {
  readonly baselines: Baselines
  /** Names that wait for the next run. */
  readonly waiting: Set<string>
  /** Judgements of names run one after another; calls during a run share the next one. */
  readonly runs: CoalescedRuns<void>
  /** The last probe of each number that WhatsApp answered. */
  readonly probedAt: Map<string, Date>
}

/** What the judgement of deliveries needs of a fleet. */
export type DeliveryFleet = HealthFleet & { readonly delivery: DeliveryState }

export type DeliveryCall = Call<DeliveryFleet>
