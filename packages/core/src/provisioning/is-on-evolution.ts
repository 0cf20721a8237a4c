import { EvolutionError } from '@zapfleet/evolution'
import { failureOf } from '../server/on-server.ts'
import type { ProvisioningServerCall } from './provisioning-fleet.ts'

/** How long Evolution may take to do what it answered. */
export const VERIFY_MS = 10_000
/** One reading of the state, of several; a slow one must not use up the time for all. */
export const READ_MS = 3_000

/**
 * Whether Evolution has an instance of this name: in memory (a delete in progress still answers there) or in its database,
 * since right after a start memory is empty.
 *
 * @throws FleetError EVOLUTION_*
 */
export async function isOnEvolution(call: ProvisioningServerCall, name: string): Promise<boolean> {
  try {
    // Without READ_MS: Evolution's database takes seconds over it where its tables are large.
    if ((await call.evolution.fetchInstances({ name })).length > 0) return true
    await call.evolution.connectionState(name, { timeoutMs: READ_MS })
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw failureOf(call, error)
  }
}

/** The same, undefined where Evolution does not answer. */
export async function mayBeOnEvolution(
  call: ProvisioningServerCall,
  name: string,
): Promise<boolean | undefined> {
  return isOnEvolution(call, name).catch(() => undefined)
}

export function isNotFound(error: unknown): boolean {
  return error instanceof EvolutionError && error.refusal === 'not_found'
}

/** Whether Evolution's licence is not activated: every further call is refused as well. */
export function isUnlicensed(error: unknown): boolean {
  return error instanceof EvolutionError && error.refusal === 'unlicensed'
}

/** Whether the call may have been carried out although it failed: its end has to be read. */
export function mayHaveActed(error: unknown): boolean {
  return error instanceof EvolutionError && error.maybeActed
}
