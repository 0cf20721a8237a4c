import { hiddenTables } from '../db/read-hidden-tables.ts'
import type { Fleet } from './fleet.ts'
import { FleetError } from './fleet-error.ts'

/** Callers of a fleet without instances share one look at the database for this long. */
const KEPT_MS = 1_000

type Look = { atMs: number; found: Promise<string | null> }
const looks = new WeakMap<Fleet['sql'], Look>()

/**
 * For callers that found no instance at all: the error INVALID_STATE where row level security hides them from this process,
 * null where there really is none or the database cannot be read.
 */
export async function emptyFleetError(fleet: Fleet): Promise<FleetError | null> {
  const nowMs = performance.now()
  let look = looks.get(fleet.sql)
  if (!look || nowMs - look.atMs > KEPT_MS) {
    look = { atMs: nowMs, found: hiddenTables(fleet.sql).catch(() => null) }
    looks.set(fleet.sql, look)
  }
  const reason = await look.found
  return reason === null ? null : new FleetError('INVALID_STATE', `No instance is visible: ${reason}.`)
}
