import { setTimeout as pause } from 'node:timers/promises'
import { EvolutionError } from '@zapfleet/evolution'
import { FleetError } from '../ground/fleet-error.ts'
import { holdLease } from '../ground/hold-lease.ts'
import { RESTART_LEASE } from '../health/read-stored-health.ts'
import { findInstanceRow } from '../instance/get-instance.ts'
import { failureOf, onServerOf } from '../server/on-server.ts'
import { isNotFound, READ_MS, VERIFY_MS } from './is-on-evolution.ts'
import { missingOnEvolution } from './missing-on-evolution.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { ProvisioningCall } from './provisioning-fleet.ts'
import { readBack } from './read-back.ts'

/** So long a fall is taken for the work of the restart, and does not count towards FLAPPING. */
const FALLS_FOR_MS = 30_000
/** Evolution's answer describes the state before; the connection falls a moment later. */
const SETTLES_MS = 1_000

/**
 * Restarts the connection of an instance. `verified`: a second or more after the act it read open twice in a row; false
 * when it did not within 10 s.
 *
 * @throws FleetError NOT_FOUND (here, or on Evolution), INVALID_STATE (nothing to restart: its connection is closed),
 * EVOLUTION_*, CONFLICT, DATABASE_UNAVAILABLE
 */
export async function restartInstance(
  given: ProvisioningCall,
  { name }: { name: string },
): Promise<{ name: string; verified: boolean }> {
  return oneAtATime(given, name, async (stillHeld) => {
    await findInstanceRow(given.fleet, name)
    const call = await onServerOf(given, name)
    let state: string | null = null
    try {
      ;({ state } = await call.evolution.connectionState(name, { timeoutMs: READ_MS }))
      if (state === 'close') throw closed(name)
      stillHeld()
      await holdLease(call.fleet, { name: `${RESTART_LEASE}${name}`, holder: 'restart', forMs: FALLS_FOR_MS })
      await call.evolution.restart(name)
    } catch (error) {
      if (isNotFound(error)) throw missingOnEvolution(name, error)
      // A lost connection reads close and connecting by turns: Evolution refuses to restart a closed one, and its answer does not name the reason.
      const isLost = state !== null && state !== 'open'
      if (isLost && error instanceof EvolutionError && error.refusal === 'other') throw closed(name)
      throw failureOf(call, error)
    }
    await pause(SETTLES_MS)
    let opens = 0
    const isUp = async (): Promise<boolean | undefined> => {
      try {
        const { state } = await call.evolution.connectionState(name, { timeoutMs: READ_MS })
        opens = state === 'open' ? opens + 1 : 0
        return opens >= 2
      } catch {
        opens = 0
        return undefined
      }
    }
    const verified = (await readBack(isUp, VERIFY_MS)) === true
    call.log.info({ instance: name, verified }, 'instance restarted')
    return { name, verified }
  })
}

function closed(name: string): FleetError {
  const message = `"${name}" is not connected, so there is nothing to restart. Pair it with instance.qrCode.`
  return new FleetError('INVALID_STATE', message)
}
