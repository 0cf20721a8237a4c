import { FleetError } from '../ground/fleet-error.ts'
import { readAndStoreInstance } from '../health/check-instances.ts'
import { findInstanceRow } from '../instance/get-instance.ts'
import { givenPhone, storedPhone } from '../instance/phone-of.ts'
import { onServer } from '../server/on-server.ts'
import { serverOf } from '../server/server-names.ts'
import { setOurWebhook } from '../webhook/register-webhook.ts'
import { completeMove } from './end-move.ts'
import type { Pairing } from './pairing.ts'
import { pairingOf } from './pairings.ts'
import type { ProvisioningCall, ProvisioningFleet, ProvisioningServerCall } from './provisioning-fleet.ts'
import { readBack } from './read-back.ts'
import { waitForCode } from './wait-for-code.ts'
import { assertFreePhone } from './with-free-phone.ts'

/** How long after the opening Evolution's record may take to read open: it waits for the profile picture first. */
const RECORDED_WITHIN_MS = 3_000

/**
 * Returns a QR code to scan, waiting up to 15 s for Evolution to make one, or a typed reason. With `phoneNumber`, or the
 * registered one, the result also has a pairing code to type, if no QR code is being shown yet. `already_connected` is
 * stored before it is returned. Calling at any rate is safe: a code is read from Evolution once, and a number whose code was
 * shown is connected again only after it read `close` for at least 5 s.
 *
 * @param input its `phoneNumber` as people write it
 * @throws FleetError INVALID_INPUT for a phone number that is none, NOT_FOUND (here, or on Evolution), CONFLICT when another
 * instance has the phone, EVOLUTION_REFUSED, EVOLUTION_MALFORMED, DATABASE_UNAVAILABLE
 */
export async function pairInstance(
  call: ProvisioningCall,
  input: { name: string; phoneNumber?: string | undefined },
): Promise<Pairing> {
  const phone = await phoneToPair(call.fleet, input)
  return pairWith(call, input.name, phone)
}

/**
 * The phone of an input as E.164; null where it has none.
 *
 * @throws FleetError INVALID_INPUT, NOT_FOUND, CONFLICT, as `pairInstance`
 */
export async function phoneToPair(
  fleet: ProvisioningFleet,
  { name, phoneNumber }: { name: string; phoneNumber?: string | undefined },
): Promise<string | null> {
  if (phoneNumber === undefined) return null
  const phone = givenPhone(phoneNumber, fleet.defaultCountry)
  await findInstanceRow(fleet, name)
  await assertFreePhone(fleet, name, phone)
  return phone
}

/** `pairInstance` with a phone that `phoneToPair` checked, as E.164; null: the registered one. */
export async function pairWith(call: ProvisioningCall, name: string, phone: string | null): Promise<Pairing> {
  const row = await findInstanceRow(call.fleet, name)
  const number = phone ?? storedPhone(row.phoneNumber, call.fleet.defaultCountry)
  const one = await onServer(call, serverOf(row.movingTo ?? row.server))
  return call.fleet.pairings.running.run(pairingOf(one, name), () => pair(one, name, number))
}

/** A phone was scanned, and the server has not recorded yet which one. */
const BEING_RECORDED: Pairing = { state: 'not_ready', reason: 'reconnecting', retryAfterMs: 1_000 }

/** The call on the server on which the instance is paired: the one that it moves to, else its own. */
export async function onPairingServer(call: ProvisioningCall, name: string): Promise<ProvisioningServerCall> {
  const row = await findInstanceRow(call.fleet, name)
  return onServer(call, serverOf(row.movingTo ?? row.server))
}

async function pair(
  call: ProvisioningServerCall,
  name: string,
  phoneNumber: string | null,
): Promise<Pairing> {
  const pairing = await waitForCode(call, name, phoneNumber).catch((error) =>
    missingOnTarget(call, name, error),
  )
  if (pairing.state !== 'already_connected') return pairing
  if ((await findInstanceRow(call.fleet, name)).movingTo === call.server)
    return (await completeMove(call, name)) === 'moved' ? pairing : BEING_RECORDED
  call.fleet.pairings.codes.retire(pairingOf(call, name))
  await readAndStoreInstance(call, name, { source: 'check' })
  await confirmPairing(call, name)
  return pairing
}

/** What to do about an instance that the target of its move lost is to move it again, not to create it. */
async function missingOnTarget(call: ProvisioningServerCall, name: string, error: unknown): Promise<never> {
  const isMissing = error instanceof FleetError && error.code === 'NOT_FOUND'
  if (!isMissing || (await findInstanceRow(call.fleet, name)).movingTo !== call.server) throw error
  const message = `The server "${call.server}" has no "${name}" any more, which moves there. Move it there again, or cancel the move.`
  throw new FleetError('NOT_FOUND', message, { cause: error })
}

/** A late webhook of the old session's end may erase the new one: then memory reads open, and the record close. */
async function confirmPairing(call: ProvisioningServerCall, name: string): Promise<void> {
  const isRecorded = await readBack(async () => {
    const [record] = await call.evolution.fetchInstances({ name }).catch(() => [])
    return record === undefined ? undefined : record.connectionStatus !== 'close'
  }, RECORDED_WITHIN_MS)
  if (isRecorded === false)
    call.log.warn(
      { instance: name },
      'the number is connected, and Evolution has erased its session: it will not reconnect after its next drop. Log it out and pair it again.',
    )
  await setOurWebhook(call, name).catch((error) => {
    call.log.warn({ instance: name, err: error }, 'the webhook was not registered after the pairing')
  })
}
