import type { Ground } from '../ground/ground.ts'
import { type Instance, toInstance } from './instance.ts'
import { readRows } from './read-rows.ts'
import type { Status } from './status.ts'

/**
 * Every instance by name, as the database has it now; optionally of these statuses, or only those that can send, or the
 * `first` so many.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function listInstances(
  fleet: Ground,
  input: { status?: Status[] | undefined; availableOnly?: boolean | undefined; first?: number } = {},
): Promise<Instance[]> {
  const { moment, rows } = await readRows(fleet, { first: input.first ?? null })
  return rows
    .map((row) => toInstance(row, moment))
    .filter((instance) => !input.status || input.status.includes(instance.status))
    .filter((instance) => !input.availableOnly || instance.available)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
