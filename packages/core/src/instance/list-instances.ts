import type { Ground } from '../ground/ground.ts'
import { instanceInPools, type SeenPools } from './in-pools.ts'
import { type Instance, toInstance } from './instance.ts'
import { readRows } from './read-rows.ts'
import type { Status } from './status.ts'

/**
 * Every instance by name, as the database has it now; optionally of these statuses, or only those that can send, or the
 * `first` so many, or those in one of these pools, as callers of the pools receive them.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function listInstances(
  fleet: Ground,
  input: {
    status?: Status[] | undefined
    availableOnly?: boolean | undefined
    first?: number
    pools?: SeenPools
  } = {},
): Promise<Instance[]> {
  const { first = null, pools } = input
  const { moment, rows } = await readRows(fleet, { first, pools })
  const names = pools === undefined ? null : new Set(rows.map((row) => row.name))
  return rows
    .map((row) => instanceInPools(toInstance(row, moment), pools, (name) => names?.has(name) ?? true))
    .filter((instance) => !input.status || input.status.includes(instance.status))
    .filter((instance) => !input.availableOnly || instance.available)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
