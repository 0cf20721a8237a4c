import { FleetError } from '../ground/fleet-error.ts'
import { readAndStoreInstance } from '../health/check-instances.ts'
import { checkPhones } from '../health/check-phones.ts'
import { findInstanceRow } from '../instance/get-instance.ts'
import { isSamePhone, phoneOf, storedPhone } from '../instance/phone-of.ts'
import { setOurWebhook } from '../webhook/register-webhook.ts'
import { endMove } from './move-sql.ts'
import { onEach } from './on-each.ts'
import { pairingOf } from './pairings.ts'
import type { ProvisioningCall, ProvisioningServerCall } from './provisioning-fleet.ts'

/**
 * For an instance whose target reads open: serves it from there. `waiting`: the target has not recorded yet which phone was paired.
 *
 * @throws FleetError CONFLICT when a phone was paired that is neither the registered one nor that of the present session, which is logged out there again; EVOLUTION_*, DATABASE_UNAVAILABLE
 */
export async function completeMove(
  target: ProvisioningServerCall,
  name: string,
): Promise<'moved' | 'waiting'> {
  const { fleet, server, log, evolution } = target
  const row = await findInstanceRow(fleet, name)
  if (row.movingTo !== server) return 'moved'
  const [record] = await evolution.fetchInstances({ name })
  const paired = record?.connectionStatus === 'open' ? phoneOf(record.ownerJid) : null
  if (paired === null) return 'waiting'
  // Both where they differ: the registered one is the one that is wanted, and that of the present session serves the number already. With it
  // the number stays marked WRONG_PHONE.
  const expected = [storedPhone(row.phoneNumber, fleet.defaultCountry), row.pairedPhone].filter(
    (phone) => phone !== null,
  )
  if (expected.length > 0 && !expected.some((phone) => isSamePhone(paired, phone))) {
    await evolution.logout(name)
    fleet.pairings.codes.retire(pairingOf(target, name))
    const message = `Another phone than that of "${name}" was paired on the server "${server}", and was logged out there again. Scan a new code with the phone of this number.`
    throw new FleetError('CONFLICT', message, { conflict: 'phone' })
  }
  if (!(await endMove(fleet, name, server))) return 'moved'
  log.info({ instance: name, server }, 'an instance moved to another server')
  fleet.pairings.codes.retire(pairingOf(target, name))
  await readAndStoreInstance(target, name, { source: 'check' })
  // Its status may be the same as before, and its phone another one.
  await checkPhones(target, [name])
  await fleet.engine.snapshot.refreshNames([name])
  await setOurWebhook(target, name).catch((error) => {
    log.warn({ instance: name, err: error }, 'the webhook was not registered after the move')
  })
  return 'moved'
}

/**
 * Completes the moves whose phones were paired. Begun by the leading scheduler each 15 s; never throws for an Evolution that cannot be reached.
 *
 * @returns how many instances moved
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function finishMoves(call: ProvisioningCall): Promise<number> {
  const moving = await call.fleet.sql.prisma.instance.findMany({
    where: { removedAt: null, movingTo: { not: null } },
    select: { name: true, movingTo: true },
  })
  const tasks = moving.flatMap(({ name, movingTo }) =>
    movingTo === null ? [] : [{ name, server: movingTo }],
  )
  return onEach(call, tasks, {
    async finish(target, name) {
      if ((await target.evolution.connectionState(name)).state !== 'open') return false
      return (await completeMove(target, name)) === 'moved'
    },
    failure: 'a move could not be completed yet',
  })
}
