import { EvolutionError, type EvolutionInstance } from '@zapfleet/evolution'
import type { EvolutionState } from './health.ts'
import type { HealthServerCall } from './health-fleet.ts'
import type { Observation } from './health-state.ts'

/** One live reading: the observation, and Evolution's state for it. */
export type StateReading = { observed: Observation; state: EvolutionState }

/** A call with its retries; a healthy Evolution answers from memory, within milliseconds. */
const READ_TIMEOUT_MS = 5_000

/**
 * Reads the live state of one instance from Evolution. Never throws: a missing answer is an observation too, also where
 * `signal` ended the call. Once `signal` is aborted it calls nothing: 10,000 calls that fail at once would block the process
 * for half a second.
 */
export async function readState(
  call: HealthServerCall,
  name: string,
  signal: AbortSignal,
): Promise<StateReading> {
  if (signal.aborted) return { observed: { kind: 'silent', why: 'unreachable' }, state: 'error' }
  try {
    const { state, word } = await call.evolution.connectionState(name, {
      timeoutMs: READ_TIMEOUT_MS,
      signal,
    })
    if (state === null) return { observed: { kind: 'unclear', word }, state: 'unknown' }
    if (state === 'open') return { observed: { kind: 'state', state, blinked: false }, state }
    return { observed: { kind: 'state', state, record: null }, state }
  } catch (error) {
    return { observed: readFailure(error), state: 'error' }
  }
}

/** What a failed call shows of the instance: usually nothing. */
function readFailure(error: unknown): Observation {
  if (!(error instanceof EvolutionError) || error.code === 'EVOLUTION_UNREACHABLE')
    return { kind: 'silent', why: 'unreachable' }
  if (error.refusal === 'not_found') return { kind: 'missing' }
  if (error.refusal === 'unlicensed') return { kind: 'silent', why: 'unlicensed' }
  return { kind: 'silent', why: error.refusal === 'unauthorized' ? 'wrong_key' : 'not_understood' }
}

/** Reads what Evolution's database holds of these instances of its server. Where it cannot be read, it logs and returns none. */
export async function readRecords(
  call: HealthServerCall,
  names: readonly string[],
): Promise<ReadonlyMap<string, EvolutionInstance>> {
  try {
    return await call.fleet.serverHealth(call.server).inventory.read(call.evolution, names)
  } catch (error) {
    call.log.warn(
      { server: call.server, instances: names.length, error: String(error) },
      'why instances closed was not read',
    )
    return new Map()
  }
}
