import { FleetError } from '../ground/fleet-error.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * The id in the form that is stored. Refused here, since one malformed id would fail every call of its batch.
 *
 * @throws FleetError INVALID_INPUT
 */
export function reservationId(given: string): string {
  const id = given.toLowerCase()
  if (UUID.test(id)) return id
  throw new FleetError(
    'INVALID_INPUT',
    `A reservation's id is the UUID that reserve answered; got ${JSON.stringify(given.slice(0, 60))}.`,
  )
}

/** The error for an id that no reservation has, or none that the caller sees. */
export function unknownReservation(id: string): FleetError {
  return new FleetError('NOT_FOUND', `There is no reservation ${id}. Give the id that reserve answered.`)
}
