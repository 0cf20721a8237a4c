import { EvolutionError } from '@zapfleet/evolution'
import { onDatabase } from '../db/on-database.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { FleetError } from '../fleet/fleet-error.ts'
import { webhookForCreate } from '../webhook/register-webhook.ts'
import { fromEvolution } from './evolution-failure.ts'
import { getInstance } from './get-instance.ts'
import type { Instance } from './instance.ts'
import { assertInstanceName } from './instance-name.ts'
import { type Pairing, pairInstance } from './pair-instance.ts'
import { type NewInstance, registerInstance, unregisterInstance } from './register-instance.ts'

/**
 * Creates a number: the row first, as our intent, then Evolution, then the QR code. Calling again finishes what an earlier
 * call began; a QR code that is late is no error.
 *
 * @throws FleetError INVALID_INPUT, CONFLICT (it exists already, here or on Evolution), EVOLUTION_*, DATABASE_UNAVAILABLE
 */
export async function createInstance(
  fleet: Fleet,
  input: NewInstance,
): Promise<{ instance: Instance; pairing: Pairing }> {
  assertInstanceName(input.name)
  const registered = await registerInstance(fleet, input)
  await createOnEvolution(fleet, input, registered === 'existed')
  await onDatabase(() => fleet.engine.snapshot.refreshNames([input.name]))
  fleet.log.info({ instance: input.name }, 'instance created')
  const pairing = await pairInstance(fleet, { name: input.name, phoneNumber: input.phoneNumber })
  return { instance: await getInstance(fleet, { name: input.name }), pairing }
}

/** `existed`: it was registered before, so this call may only finish what is half-done. */
async function createOnEvolution(fleet: Fleet, input: NewInstance, existed: boolean): Promise<void> {
  const { name } = input
  try {
    if (existed && (await fleet.evolution.fetchInstances({ name })).length > 0) {
      throw new FleetError(
        'CONFLICT',
        `There is an instance named "${name}" already. Use instance.qrCode to pair it, or another name.`,
      )
    }
    const number = input.phoneNumber?.replace(/\D/g, '')
    const webhook = await webhookForCreate(fleet)
    await fleet.evolution.create({ name, ...(number ? { number } : {}), ...(webhook ? { webhook } : {}) })
  } catch (error) {
    if (!(error instanceof EvolutionError)) throw error
    if (error.refusal === 'name_taken') {
      if (!existed) await unregisterInstance(fleet, name)
      throw new FleetError(
        'CONFLICT',
        `Evolution has an instance named "${name}" that is not registered here. Use another name.`,
        { cause: error },
      )
    }
    // After a silence it may exist there or not: the row stays, and the next call finishes it.
    if (error.code === 'EVOLUTION_REFUSED' && !existed) await unregisterInstance(fleet, name)
    throw fromEvolution(error)
  }
}
