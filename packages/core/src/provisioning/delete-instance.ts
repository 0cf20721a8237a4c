import { withAdvice } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { readInstant } from '../ground/read-moment.ts'
import { resolveDuplicatePhones } from '../health/resolve-duplicate-phones.ts'
import { findInstanceRow } from '../instance/get-instance.ts'
import { failureOf, onServerOf } from '../server/on-server.ts'
import { deleteThere } from './delete-there.ts'
import { isOnEvolution, mayHaveActed } from './is-on-evolution.ts'
import { cancelMove } from './move-sql.ts'
import { onEach } from './on-each.ts'
import { oneAtATime, type StillHeld } from './one-at-a-time.ts'
import type { ProvisioningCall, ProvisioningServerCall } from './provisioning-fleet.ts'
import { beginRemoval, endRemoval, isBeingRemoved, removalsOlderThan, undoRemoval } from './removals.ts'

/** A server that answered no reading for so long may never answer again: its instances are deleted without it. */
const LOST_AFTER_MINUTES = 15

/**
 * Deletes an instance here and on Evolution. Here its row stays, marked, with its history and the counters of today; it
 * serves no message from now on. `verified`: Evolution was read until it did not have the instance any more. Where that took
 * longer than 10 s, or the server has not answered for 15 minutes, it is false, the leading scheduler completes it, and the name is not free until then.
 *
 * @throws FleetError NOT_FOUND; EVOLUTION_* when Evolution could not be reached or refused: the instance is unchanged then;
 * CONFLICT, DATABASE_UNAVAILABLE
 */
export async function deleteInstance(
  given: ProvisioningCall,
  { name }: { name: string },
): Promise<{ name: string; verified: boolean }> {
  const verified = await oneAtATime(given, name, async (stillHeld) => {
    const isAgain = await isBeingRemoved(given.fleet, name)
    if (!isAgain) await findInstanceRow(given.fleet, name)
    const before = await onServerOf(given, name)
    const there = await isOnEvolution(before, name).catch(async (error: unknown) => {
      if (await isLost(before)) return 'lost' as const
      throw isAgain ? error : withAdvice(error, unchanged(name))
    })
    stillHeld()
    await cancelMove(given.fleet, name)
    if (!isAgain) await beginRemoval(given.fleet, name)
    // A move may have ended meanwhile; none does from now on.
    const call = await onServerOf(given, name)
    await call.fleet.engine.snapshot.refreshNames([name])
    await resolveDuplicatePhones(call)
    const hasMoved = call.server !== before.server
    if (there === 'lost' && !hasMoved) return false
    return there || hasMoved
      ? removeThere(call, name, stillHeld, { undo: !isAgain })
      : endThere(call.fleet, name)
  })
  given.log.info({ instance: name, verified }, 'instance deleted')
  return { name, verified }
}

/** Whether the server answered no reading of any of its instances for so long that it is not waited for. */
async function isLost({ fleet, server }: ProvisioningServerCall): Promise<boolean> {
  const round = await fleet.sql.prisma.healthRound.findUnique({ where: { server } })
  if (!round?.silentSince) return false
  const silentMs = (await readInstant(fleet)).getTime() - round.silentSince.getTime()
  return silentMs >= LOST_AFTER_MINUTES * 60_000
}

const unchanged = (name: string): string =>
  `"${name}" is unchanged. When its server has not answered for ${LOST_AFTER_MINUTES} minutes, a delete no longer waits for it.`

/** A delete that is this old was left behind by a process that died, or by an Evolution that took its time. */
export const LEFT_BEHIND_MS = 20_000

/**
 * Continues deletes that did not end. Begun by the leading scheduler each 15 s; never throws for an Evolution that cannot be reached.
 *
 * @returns how many ended
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function finishRemovals(call: ProvisioningCall): Promise<number> {
  const open = await removalsOlderThan(call.fleet, LEFT_BEHIND_MS)
  return onEach(call, open, {
    finish: (_, name) =>
      oneAtATime(call, name, (stillHeld) => finishRemoval(call, name, stillHeld), { waitMs: 0 }),
    failure: 'a deleted instance could not be taken from Evolution yet',
  })
}

/**
 * For a caller that holds the instance: true when no removal is open any more. @throws FleetError EVOLUTION_*,
 * DATABASE_UNAVAILABLE
 */
export async function finishRemoval(
  given: ProvisioningCall,
  name: string,
  stillHeld: StillHeld,
): Promise<boolean> {
  if (!(await isBeingRemoved(given.fleet, name))) return true
  const call = await onServerOf(given, name)
  if (!(await isOnEvolution(call, name))) return endThere(call.fleet, name)
  return removeThere(call, name, stillHeld, { undo: false })
}

async function endThere(fleet: Ground, name: string): Promise<true> {
  await endRemoval(fleet, name)
  return true
}

/** Deletes it on its server. `undo`: where that refused and still has it, the instance is managed again. */
async function removeThere(
  call: ProvisioningServerCall,
  name: string,
  stillHeld: StillHeld,
  { undo }: { undo: boolean },
): Promise<boolean> {
  const { isGone, refusal, webhook } = await deleteThere(call, name, stillHeld)
  if (isGone === true) return endThere(call.fleet, name)
  // The outcome is not known: the next run reads it again.
  if (refusal === null || (isGone === undefined && mayHaveActed(refusal))) return false
  if (undo) {
    await undoRemoval(call.fleet, name)
    await call.fleet.engine.snapshot.refreshNames([name])
    if (webhook?.enabled) await call.evolution.setWebhook(name, webhook).catch(() => {})
  }
  throw failureOf(call, refusal)
}
