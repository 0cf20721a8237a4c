import type { ReleaseCause, Reservation } from './reservation.ts'
import type { ReservationFleet } from './reservation-fleet.ts'
import { reservationId } from './reservation-id.ts'

/**
 * Records that the message was sent, and which one it is. A repeated call changes nothing; it may add the message.
 *
 * @param input.messageId Evolution's id of the message (`key.id`), by which its outcome is found
 * @param by the family of the key that calls; null: any reservation
 * @throws FleetError NOT_FOUND, FORBIDDEN (another key reserved), CONFLICT (it was released before), DATABASE_UNAVAILABLE
 */
export async function confirmReservation(
  fleet: ReservationFleet,
  input: { id: string; messageId?: string | null | undefined },
  by: string | null = null,
): Promise<Reservation> {
  return fleet.confirms.complete(reservationId(input.id), by, input.messageId ?? null)
}

/**
 * Gives the seat back, once, to the windows it was counted in. A repeated call changes nothing.
 *
 * @param input.cause why the message was not sent; it is evidence about the number. `line_down` is judged before this resolves, so
 * that the next reserve of the caller follows the judgement
 * @param by the family of the key that calls; null: any reservation
 * @throws FleetError NOT_FOUND, FORBIDDEN (another key reserved), CONFLICT (it was confirmed before), DATABASE_UNAVAILABLE
 */
export async function releaseReservation(
  fleet: ReservationFleet,
  input: { id: string; cause?: ReleaseCause | undefined },
  by: string | null = null,
): Promise<Reservation> {
  const released = await fleet.releases.complete(reservationId(input.id), by, input.cause ?? null)
  if (input.cause === 'line_down') await fleet.judgeSoon([released.instanceName])
  return released
}
