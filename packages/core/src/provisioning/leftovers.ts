import { readInstant } from '../ground/read-moment.ts'
import { onServer } from '../server/on-server.ts'
import { serverOf } from '../server/server-names.ts'
import { deleteThere } from './delete-there.ts'
import { isOnEvolution } from './is-on-evolution.ts'
import { oneAtATime, type StillHeld } from './one-at-a-time.ts'
import type { ProvisioningCall, ProvisioningFleet, ProvisioningServerCall } from './provisioning-fleet.ts'

/**
 * Deletes instances on servers that serve them no more: those that numbers moved away from, and the targets of moves that were
 * given up. Part of every scheduler's round; a server that cannot be reached is tried again by the next one.
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
  let gone = 0
  for (const { instanceName: name, server } of due) {
    try {
      const isGone = await oneAtATime(
        call,
        name,
        async (stillHeld) => finishLeftovers(await onServer(call, server), name, stillHeld),
        { waitMs: 0 },
      )
      if (isGone) gone++
    } catch (error) {
      call.log.warn(
        { instance: name, server, err: error },
        'an instance could not be taken from a server yet',
      )
    }
  }
  return gone
}

/**
 * For a caller that holds the instance: deletes what the server of the call still has of it, unless the number is served from there, or
 * moves there.
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
  if (!(await isServedFrom(fleet, name, server)) && (await isOnEvolution(call, name))) {
    const { isGone } = await deleteThere(call, name, stillHeld)
    if (isGone !== true) return false
  }
  await fleet.sql.prisma.leftover.deleteMany({ where })
  call.log.info({ instance: name, server }, 'the instance is gone from a server that served it no more')
  return true
}

async function isServedFrom(
  fleet: Pick<ProvisioningFleet, 'sql'>,
  name: string,
  server: string,
): Promise<boolean> {
  const row = await fleet.sql.prisma.instance.findUnique({ where: { name } })
  if (row === null || row.removedAt !== null) return false
  return serverOf(row.server) === server || row.movingTo === server
}
