import { EvolutionError } from '@zapfleet/evolution'
import { FleetError, withAdvice } from '../ground/fleet-error.ts'
import { recordCreation } from '../health/record-session-end.ts'
import { getInstance } from '../instance/get-instance.ts'
import type { CreateInstanceInput, Instance } from '../instance/instance.ts'
import { assertInstanceName } from '../instance/instance-name.ts'
import { givenPhone } from '../instance/phone-of.ts'
import { failureOf, onServer } from '../server/on-server.ts'
import { serverOf } from '../server/server-names.ts'
import { webhookForCreate } from '../webhook/register-webhook.ts'
import { finishRemoval } from './delete-instance.ts'
import { hasPhone, phonelessProblem } from './has-phone.ts'
import { isOnEvolution, mayBeOnEvolution, mayHaveActed } from './is-on-evolution.ts'
import { finishLeftovers } from './leftovers.ts'
import { oneAtATime, type StillHeld } from './one-at-a-time.ts'
import { pairWith } from './pair-instance.ts'
import type { Pairing } from './pairing.ts'
import { pairingOf } from './pairings.ts'
import { onChosenServer } from './place-instance.ts'
import type { ProvisioningCall, ProvisioningServerCall } from './provisioning-fleet.ts'
import { readBack } from './read-back.ts'
import { registerInstance, unregisterInstance } from './register-instance.ts'
import { withFreePhone } from './with-free-phone.ts'

/** How long the effect of a create whose answer was lost may take to show. */
const SHOWS_WITHIN_MS = 3_000

/**
 * Creates a number: the row first, then Evolution, then the QR code. A repeated call completes what an earlier one began,
 * and forgets the session of an instance that Evolution lost; a QR code that is late is no error. An error of which
 * `isRegistered` is true leaves the row: the message states how to continue.
 *
 * @param given its `phoneNumber` as people write it; the result has it as E.164
 * @throws FleetError INVALID_INPUT, NOT_FOUND for the server, CONFLICT (the name exists, here or on Evolution, or another instance
 * has the phone), EVOLUTION_*, DATABASE_UNAVAILABLE
 */
export async function createInstance(
  call: ProvisioningCall,
  given: CreateInstanceInput,
): Promise<{ instance: Instance; pairing: Pairing }> {
  const { name } = given
  assertInstanceName(name)
  const phoneNumber =
    given.phoneNumber === undefined ? undefined : givenPhone(given.phoneNumber, call.fleet.defaultCountry)
  const input = { ...given, phoneNumber }
  const create = (): Promise<void> =>
    oneAtATime(call, name, (stillHeld) => createBoth(call, input, stillHeld))
  await (phoneNumber === undefined ? create() : withFreePhone(call, name, phoneNumber, create))
  await call.fleet.engine.snapshot.refreshNames([name])
  call.log.info({ instance: name }, 'instance created')
  const pairing = await pairWith(call, name, phoneNumber ?? null).catch((error) => {
    throw registered(error, `"${name}" was created and shows no QR code yet: pair it with instance.qrCode.`)
  })
  return { instance: await getInstance(call.fleet, { name }), pairing }
}

/**
 * On both sides or, where Evolution refused, on neither; where the outcome is not known, the row stays for the next call to
 * complete.
 */
async function createBoth(
  given: ProvisioningCall,
  input: CreateInstanceInput,
  stillHeld: StillHeld,
): Promise<void> {
  const { name } = input
  const isFree = await finishRemoval(given, name, stillHeld).catch((error) => {
    throw withAdvice(error, `"${name}" was deleted: the name is free when its server answers, or is removed.`)
  })
  if (!isFree) throw leaving(name)
  const { isNew, call } = await register(given, input)
  try {
    if (isNew && !(await finishLeftovers(call, name, stillHeld))) throw leaving(name)
    if (await isOnEvolution(call, name)) throw isNew ? await foreign(call, name) : registeredHere(name)
    stillHeld()
    if (!isNew) {
      await recordCreation(call, { name })
      await call.fleet.engine.snapshot.refreshNames([name])
    }
    await createThere(call, input)
    // A new instance has no scan under way, whatever was shown under its name.
    call.fleet.pairings.codes.retire(pairingOf(call, name))
  } catch (error) {
    const isRefused = error instanceof FleetError && ['CONFLICT', 'EVOLUTION_REFUSED'].includes(error.code)
    if (isNew && isRefused) {
      await unregisterInstance(call.fleet, name)
      throw error
    }
    throw registered(
      error,
      `"${name}" is registered here, and Evolution may or may not have it. Call create again: it makes what is missing, or reports that the instance exists; then pair it with instance.qrCode.`,
    )
  }
}

/** The row of a new instance, on the server that is chosen for it; of one that is registered, nothing changes. */
async function register(
  call: ProvisioningCall,
  input: CreateInstanceInput,
): Promise<{ isNew: boolean; call: ProvisioningServerCall }> {
  const { name, server } = input
  const known = await call.fleet.sql.prisma.instance.findUnique({
    where: { name },
    select: { server: true, removedAt: true },
  })
  if (known && known.removedAt === null) {
    const present = serverOf(known.server)
    if (server === undefined || server === present)
      return { isNew: false, call: await onServer(call, present) }
    const message = `There is an instance named "${name}" already, on the server "${present}". Move it with instance.move, or use another name.`
    throw new FleetError('CONFLICT', message, { conflict: 'registered' })
  }
  return onChosenServer(call, server, async (chosen) => {
    const outcome = await registerInstance(call.fleet, { ...input, server: chosen.server })
    return { isNew: outcome !== 'existed', call: chosen }
  })
}

/**
 * Creates the instance on the server and reads it back.
 *
 * @throws FleetError CONFLICT when the name is taken there, EVOLUTION_*
 */
export async function createThere(
  call: ProvisioningServerCall,
  { name, phoneNumber }: Pick<CreateInstanceInput, 'name' | 'phoneNumber'>,
): Promise<void> {
  const number = phoneNumber?.replace(/\D/g, '')
  const webhook = await webhookForCreate(call)
  let lost: unknown = null
  try {
    await call.evolution.create({ name, ...(number ? { number } : {}), ...(webhook ? { webhook } : {}) })
  } catch (error) {
    if (error instanceof EvolutionError && error.refusal === 'name_taken') throw await foreign(call, name)
    if (!mayHaveActed(error)) throw failureOf(call, error)
    lost = error
  }
  // It was not there a moment ago, and no other call creates this name: an instance that shows now is ours.
  const isThere = await readBack(() => mayBeOnEvolution(call, name), lost === null ? 0 : SHOWS_WITHIN_MS)
  if (isThere) return
  if (lost !== null) throw failureOf(call, lost)
  if (isThere === undefined) return
  const message = `Evolution answered that it created "${name}" and then did not have it: another program may be creating the same name. Call again.`
  throw new FleetError('EVOLUTION_REFUSED', message)
}

/** The error for a name that the server has not let go of. */
function leaving(name: string): FleetError {
  const message = `"${name}" was deleted, and Evolution has not let go of it yet. Try again in a moment, or use another name.`
  return new FleetError('CONFLICT', message, { conflict: 'leaving' })
}

/** The error of a create that left the instance registered, with what to do about it. */
function registered(error: unknown, advice: string): unknown {
  if (!(error instanceof FleetError) || error.conflict !== undefined) return error
  return withAdvice(error, advice, { isRegistered: true })
}

/** The error for an instance of this name that Evolution has, and that was not registered here before. */
async function foreign(call: ProvisioningServerCall, name: string): Promise<FleetError> {
  const [row] = await call.evolution.fetchInstances({ name }).catch(() => [])
  if (row !== undefined && !hasPhone(row)) {
    const message = `Evolution has an instance named "${name}" that cannot be managed here: ${phonelessProblem(row)}. Use another name.`
    return new FleetError('CONFLICT', message, { conflict: 'phoneless' })
  }
  const message = `Evolution has an instance named "${name}" that is not registered here. Adopt it with instance.import, or use another name.`
  return new FleetError('CONFLICT', message, { conflict: 'foreign' })
}

function registeredHere(name: string): FleetError {
  const message = `There is an instance named "${name}" already. Use instance.qrCode to pair it, or another name.`
  return new FleetError('CONFLICT', message, { conflict: 'registered' })
}
