import type { Fleet } from '../fleet/fleet.ts'
import { FleetError } from '../ground/fleet-error.ts'
import { hiddenTables } from '../ground/read-hidden-tables.ts'
import { shareFor } from '../ground/share-for.ts'

/** Callers of a fleet without instances share one query for this long. */
const SHARED_FOR_MS = 1_000

const whatHides = shareFor(SHARED_FOR_MS, ({ sql }: Fleet) => hiddenTables(sql).catch(() => null))

/**
 * For callers that found no instance at all: the error INVALID_STATE where row level security hides them from this process,
 * null where there really is none or the database cannot be read.
 */
export async function emptyFleetError(fleet: Fleet): Promise<FleetError | null> {
  const reason = await whatHides(fleet)
  return reason === null ? null : new FleetError('INVALID_STATE', `No instance is visible: ${reason}.`)
}
