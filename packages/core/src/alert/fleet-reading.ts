import type { ServerProblem } from '../health/check-evolution.ts'
import type { StatusReason } from '../instance/action.ts'
import type { FailureReason } from '../instance/delivery.ts'
import type { Status } from '../instance/status.ts'

/** A number that is not plainly well. */
export type NumberReading = {
  name: string
  /** The Evolution server that has it. */
  server: string
  status: Status
  reason: StatusReason | null
  /** Since when it has the status. */
  since: Date | null
  /** When it was last read on Evolution. */
  checkedAt: Date | null
  /** Null before it first connected, and after its session ended. */
  connectedAt: Date | null
  lastFall: Date | null
  lastSentAt: Date | null
  paused: boolean
  duplicateOf: string | null
  /** Why its messages do not arrive; null: no failure is known. */
  failing: { reason: FailureReason | null; since: Date | null } | null
  /** A restriction that was inferred; null: none, or an operator stored it. */
  restricted: { since: Date; until: Date | null } | null
}

/** Why a server cannot be used. `not_understood`: it answers, and none of its numbers can be read from its answers. */
export type OutageProblem = ServerProblem | 'not_understood'

/** What the rules are applied to, at one moment. */
export type FleetReading = {
  at: Date
  /** The local day of the fleet, YYYY-MM-DD. */
  day: string
  /** The evaluation before; null: none, or the scheduler was stopped in order. */
  evaluatedAt: Date | null
  /** The Evolution servers that have numbers, and why they cannot be used. */
  servers: readonly { name: string; problem: OutageProblem | null }[]
  /** Connected numbers, and what they may send and have used of that today. */
  connected: { numbers: number; dailyCapacity: number; sentToday: number }
  /** All that are not connected, and those with any other trouble. */
  troubled: readonly NumberReading[]
  /** Numbers whose last sends failed, one after another. */
  failedSends: readonly { name: string; server: string; failed: number; since: Date }[]
  /** Numbers that send without an event about their messages, and had events before. */
  blind: readonly { name: string; server: string; since: Date }[]
  /** The last health round and the period of the rounds, by the database's clock; null: never one. */
  polling: { ageMs: number; periodMs: number } | null
  messages: { waiting: number; oldestAt: Date | null; senders: number }
  /** Webhook endpoints and routes whose deliveries fail. */
  endpoints: readonly Receiver[]
  routes: readonly Receiver[]
}

/** `since` null: not stored. */
type Receiver = { name: string; since: Date | null }
