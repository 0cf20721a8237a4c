import type { ReservationFleet } from '../reservation/reservation-fleet.ts'
import type { Intake } from './open-intake.ts'
import type { ReadBacks } from './read-back.ts'

/** What the outcomes of messages need of a fleet. */
export type OutcomeFleet = ReservationFleet & {
  /** The country of phone numbers that are written without a country code; ISO 3166. */
  readonly defaultCountry: string
  readonly intake: Intake
  readonly readBacks: ReadBacks
}
