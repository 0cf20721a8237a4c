import type { Call } from '../ground/call.ts'
import type { SharedFor } from '../ground/share-for.ts'
import type { MessageFleet } from '../message/message-fleet.ts'

/** How long evaluations share one reading of Evolution's database. */
export const DATABASE_CHECK_SHARED_FOR_MS = 15_000

/** What the evaluation of alerts needs of a fleet. */
export type AlertFleet = MessageFleet & {
  /** Whether Evolution's own database does not answer it, by the name of the server. */
  readonly databaseChecks: (server: string) => SharedFor<boolean>
}

export type AlertCall = Call<AlertFleet>
