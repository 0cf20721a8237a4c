import { readInstant } from '../ground/read-moment.ts'
import { readBackLast } from '../outcome/read-back.ts'
import { serverOf } from '../server/server-names.ts'
import { deleteThere } from './delete-there.ts'
import { isOnEvolution } from './is-on-evolution.ts'
import { onEach } from './on-each.ts'
import { oneAtATime, type StillHeld } from './one-at-a-time.ts'
import type { ProvisioningCall, ProvisioningServerCall } from './provisioning-fleet.ts'

/**
 * Deletes instances on servers that serve them no more: those that numbers moved away from, and the targets of moves that were
 * given up. Begun by the leading scheduler each 15 s; a server that cannot be reached is tried again by the next run.
 *
 * @returns how many are gone
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function finishDueLeftovers(call: ProvisioningCall): Promise<number> {
  const at = await readInstant(call.fleet)
  const due = await call.fleet.sql.prisma.leftover.findMany({
    where: { dueAt: { lte: at } },
    orderBy: { dueAt: 'asc' },
  })
  const tasks = due.map(({ instanceName: name, server }) => ({ name, server }))
  return onEach(call, tasks, {
    finish: (there, name) =>
      oneAtATime(
        call,
        name,
        async (stillHeld) =>
          (await isServedFrom(there, name)) ? forget(there, name) : finishLeftovers(there, name, stillHeld),
        { waitMs: 0 },
      ),
    failure: 'an instance could not be taken from a server yet',
  })
}

/**
 * For a caller that holds the instance, which is not served from the server of the call: deletes what that still has of it, after the outcomes
 * of the messages that it sent were read.
 *
 * @returns true when nothing is left
 * @throws FleetError EVOLUTION_*, DATABASE_UNAVAILABLE
 */
export async function finishLeftovers(
  call: ProvisioningServerCall,
  name: string,
  stillHeld: StillHeld,
): Promise<boolean> {
  const { fleet, server } = call
  const where = { instanceName: name, server }
  const left = await fleet.sql.prisma.leftover.findUnique({ where: { instanceName_server: where } })
  if (left === null) return true
  if (await isOnEvolution(call, name)) {
    const until = left.servedUntil
    if (until !== null && !(await readBackLast(call, { name, until }))) return false
    const { isGone } = await deleteThere(call, name, stillHeld)
    if (isGone !== true) return false
  }
  call.log.info({ instance: name, server }, 'the instance is gone from a server that served it no more')
  return forget(call, name)
}

async function forget({ fleet, server }: ProvisioningServerCall, instanceName: string): Promise<true> {
  await fleet.sql.prisma.leftover.deleteMany({ where: { instanceName, server } })
  return true
}

/** Whether the number is served from the server of the call, or moves there. */
async function isServedFrom({ fleet, server }: ProvisioningServerCall, name: string): Promise<boolean> {
  const row = await fleet.sql.prisma.instance.findUnique({ where: { name } })
  if (row === null || row.removedAt !== null) return false
  return serverOf(row.server) === server || row.movingTo === server
}
