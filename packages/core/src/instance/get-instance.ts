import { FleetError } from '../ground/fleet-error.ts'
import type { Instance as InstanceRow } from '../ground/generated/client.ts'
import type { Ground } from '../ground/ground.ts'
import { readMoment } from '../ground/read-moment.ts'
import { type Instance, toInstance } from './instance.ts'

/** The row of a managed instance. @throws FleetError NOT_FOUND */
export async function findInstanceRow(fleet: Ground, name: string): Promise<InstanceRow> {
  const row = await fleet.sql.prisma.instance.findUnique({ where: { name } })
  if (!row || row.removedAt !== null) throw unknownInstance(name)
  return row
}

/** The error for a name that nobody registered. */
export function unknownInstance(name: string): FleetError {
  return new FleetError('NOT_FOUND', `There is no instance named "${name}". instance.list names them all.`)
}

/** One instance. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function getInstance(fleet: Ground, input: { name: string }): Promise<Instance> {
  const moment = await readMoment(fleet)
  return toInstance(await findInstanceRow(fleet, input.name), moment)
}
