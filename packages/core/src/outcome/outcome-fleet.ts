import type { ReservationFleet } from '../reservation/reservation-fleet.ts'
import type { ServerFleet } from '../server/on-server.ts'
import type { Intake } from './open-intake.ts'

/** What the outcomes of messages need of a fleet. */
export type OutcomeFleet = ReservationFleet &
  ServerFleet & {
    readonly intake: Intake
    /** How many readings of a message's statuses in a row found nothing, in this process. */
    readonly readBacks: { emptyInARow: number }
  }
