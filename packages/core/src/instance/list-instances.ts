import { readMoment } from '../db/moment.ts'
import { onDatabase } from '../db/on-database.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { type Instance, toInstance } from './instance.ts'
import type { Status } from './status.ts'

/** Every instance by name, as the database has it now; optionally of these statuses, or only those that can send. */
export async function listInstances(
  fleet: Fleet,
  input: { status?: Status[] | undefined; availableOnly?: boolean | undefined } = {},
): Promise<Instance[]> {
  const { rows, moment } = await onDatabase(async () => {
    const moment = await readMoment(fleet)
    return { moment, rows: await fleet.sql.prisma.instance.findMany({ where: { removedAt: null } }) }
  })
  return rows
    .filter((row) => row.name !== null && row.name.length <= 50)
    .map((row) => toInstance(row, moment))
    .filter((instance) => !input.status || input.status.includes(instance.status))
    .filter((instance) => !input.availableOnly || instance.available)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}
