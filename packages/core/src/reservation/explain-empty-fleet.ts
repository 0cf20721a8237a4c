import { FleetError } from '../ground/fleet-error.ts'
import { hiddenTables } from '../ground/read-hidden-tables.ts'
import type { ReservationFleet } from './reservation-fleet.ts'

/** How long callers of a fleet without instances share one reading of what hides them. */
export const HIDDEN_TABLES_SHARED_FOR_MS = 1_000

/**
 * For callers that found no instance at all: the error INVALID_STATE where row level security hides them from this process,
 * null where there really is none or the database cannot be read.
 */
export async function emptyFleetError(fleet: ReservationFleet): Promise<FleetError | null> {
  const reason = await fleet.hiddenTables.run(() => hiddenTables(fleet.sql)).catch(() => null)
  return reason === null ? null : new FleetError('INVALID_STATE', `No instance is visible: ${reason}.`)
}
