import { FleetError } from '../ground/fleet-error.ts'
import type { Instance as InstanceRow } from '../ground/generated/client.ts'
import type { Ground } from '../ground/ground.ts'
import type { Moment } from '../ground/moment.ts'
import { type Instance, toInstance } from './instance.ts'
import { readOneRow } from './read-rows.ts'
import type { Row } from './row.ts'

/** Every column of a managed instance. @throws FleetError NOT_FOUND */
export async function findInstanceRow(fleet: Ground, name: string): Promise<InstanceRow> {
  const row = await fleet.sql.prisma.instance.findUnique({ where: { name } })
  if (!row || row.removedAt !== null) throw unknownInstance(name)
  return row
}

/** The error for a name that no managed instance has. */
export function unknownInstance(name: string): FleetError {
  return new FleetError('NOT_FOUND', `There is no instance named "${name}". instance.list names them all.`)
}

/** The row of one instance, and the moment at which it was read. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function getRow(fleet: Ground, name: string): Promise<{ moment: Moment; row: Row }> {
  const { moment, row } = await readOneRow(fleet, name)
  if (!row) throw unknownInstance(name)
  return { moment, row }
}

/** One instance. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function getInstance(fleet: Ground, input: { name: string }): Promise<Instance> {
  const { moment, row } = await getRow(fleet, input.name)
  return toInstance(row, moment)
}
