import type { Fleet } from '../fleet/fleet.ts'
import { FleetError } from '../fleet/fleet-error.ts'
import type { Reservation } from './ask.ts'

/**
 * Says that the message was sent. Repeating it is fine.
 *
 * @throws FleetError NOT_FOUND, CONFLICT (it was released before), DATABASE_UNAVAILABLE
 */
export async function confirmReservation(fleet: Fleet, input: { id: string }): Promise<Reservation> {
  return fleet.confirms.settle(reservationId(input.id))
}

/**
 * Gives the seat back, once, to the windows it was counted in. Repeating it is fine.
 *
 * @throws FleetError NOT_FOUND, CONFLICT (it was confirmed before), DATABASE_UNAVAILABLE
 */
export async function releaseReservation(fleet: Fleet, input: { id: string }): Promise<Reservation> {
  return fleet.releases.settle(reservationId(input.id))
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Refused here, since one malformed id would fail every call that is settled with it. */
function reservationId(given: string): string {
  const id = given.toLowerCase()
  if (UUID.test(id)) return id
  throw new FleetError(
    'INVALID_INPUT',
    `A reservation's id is the UUID that reserve answered; got ${JSON.stringify(given.slice(0, 60))}.`,
  )
}
