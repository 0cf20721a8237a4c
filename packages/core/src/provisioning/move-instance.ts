import { FleetError } from '../ground/fleet-error.ts'
import { findInstanceRow, getInstance } from '../instance/get-instance.ts'
import type { Instance } from '../instance/instance.ts'
import { storedPhone } from '../instance/phone-of.ts'
import { onServer } from '../server/on-server.ts'
import { serverOf } from '../server/server-names.ts'
import { createThere } from './create-instance.ts'
import { isOnEvolution } from './is-on-evolution.ts'
import { finishLeftovers } from './leftovers.ts'
import { beginMove, cancelMove, giveUpMove } from './move-sql.ts'
import { oneAtATime, type StillHeld } from './one-at-a-time.ts'
import { pairWith } from './pair-instance.ts'
import type { Pairing } from './pairing.ts'
import { pairingOf } from './pairings.ts'
import { whilePlacing } from './place-instance.ts'
import type { ProvisioningCall, ProvisioningServerCall } from './provisioning-fleet.ts'

/**
 * Moves an instance to another Evolution server: creates it there and returns the QR code to scan. The server that has it serves it until its phone
 * is paired with the new one; then the new one serves it, with its counters, contacts and settings, and the old one deletes it two minutes
 * later. Its own server as `server` cancels a move. A repeated call continues it.
 *
 * @returns `pairing` null: a move was cancelled
 * @throws FleetError NOT_FOUND (the instance or the server), CONFLICT (it is there already, it moves to another one, or that server has
 * another instance of this name), EVOLUTION_*, DATABASE_UNAVAILABLE
 */
export async function moveInstance(
  call: ProvisioningCall,
  { name, server }: { name: string; server: string },
): Promise<{ instance: Instance; pairing: Pairing | null }> {
  const target = await onServer(call, server)
  const moves = await oneAtATime(call, name, (stillHeld) => begin(target, name, stillHeld))
  await call.fleet.engine.snapshot.refreshNames([name])
  const pairing = moves ? await pairWith(call, name, null) : null
  return { instance: await getInstance(call.fleet, { name }), pairing }
}

/** False: a move was cancelled. */
async function begin(target: ProvisioningServerCall, name: string, stillHeld: StillHeld): Promise<boolean> {
  const { fleet, server, log } = target
  const row = await findInstanceRow(fleet, name)
  const from = serverOf(row.server)
  if (server === from) {
    if (!(await cancelMove(fleet, name)))
      throw new FleetError('CONFLICT', `"${name}" is on the server "${server}" already.`)
    if (row.movingTo !== null) fleet.pairings.codes.retire(pairingOf({ server: row.movingTo }, name))
    log.info({ instance: name, server }, 'the move of an instance was cancelled')
    return false
  }
  if (row.movingTo !== null && row.movingTo !== server) {
    const message = `"${name}" moves to the server "${row.movingTo}". Cancel that by moving it to "${from}", its own, first.`
    throw new FleetError('CONFLICT', message)
  }
  if (row.movingTo === null && !(await finishLeftovers(target, name, stillHeld)))
    throw new FleetError(
      'CONFLICT',
      `The server "${server}" has not deleted the "${name}" of an earlier move yet. Try again in a moment.`,
      { conflict: 'leaving' },
    )
  const isThere = await isOnEvolution(target, name)
  if (isThere && row.movingTo === null) throw foreignThere(target, name)
  // The server may have been removed meanwhile.
  await whilePlacing(target, async () => {
    await onServer(target, server)
    await beginMove(fleet, name, server)
  })
  if (isThere) return true
  fleet.pairings.codes.retire(pairingOf(target, name))
  stillHeld()
  try {
    await createThere(target, {
      name,
      phoneNumber: storedPhone(row.phoneNumber, fleet.defaultCountry) ?? undefined,
    })
  } catch (error) {
    if (error instanceof FleetError && (error.conflict === 'foreign' || error.conflict === 'phoneless')) {
      await giveUpMove(fleet, name)
      throw foreignThere(target, name)
    }
    await cancelMove(fleet, name)
    throw error
  }
  log.info({ instance: name, from, to: server }, 'an instance moves to another server')
  return true
}

function foreignThere({ server }: ProvisioningServerCall, name: string): FleetError {
  const message = `The server "${server}" has an instance named "${name}" that is not this number. Make sure that it is not this server under another address, then delete or rename it there.`
  return new FleetError('CONFLICT', message, { conflict: 'foreign' })
}
