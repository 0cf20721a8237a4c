import { disconnectionCause, EvolutionError } from '@zapfleet/evolution'
import type { Fleet } from '../fleet/fleet.ts'
import type { EvolutionState } from './health.ts'
import type { Seen } from './next-status.ts'

/** One live reading: what was seen, and Evolution's word for it. Never throws. */
export type StateReading = { seen: Seen; state: EvolutionState }

/** Asks Evolution for the live state of one instance, which it answers from memory; 5 s with retries. */
export async function readState(fleet: Pick<Fleet, 'evolution'>, name: string): Promise<StateReading> {
  try {
    const { state, word } = await fleet.evolution.connectionState(name)
    if (state === null) return { seen: { kind: 'unclear', word }, state: 'unknown' }
    return { seen: { kind: 'state', state, cause: null }, state }
  } catch (error) {
    const missing = error instanceof EvolutionError && error.refusal === 'not_found'
    return { seen: missing ? { kind: 'missing' } : { kind: 'silent' }, state: 'error' }
  }
}

/** For an instance that closed: why, as Evolution recorded it. Its record outlives a reconnection, so only a closed one counts. */
export async function readCause(
  fleet: Pick<Fleet, 'evolution' | 'log'>,
  name: string,
  seen: Seen,
): Promise<Seen> {
  if (seen.kind !== 'state' || seen.state !== 'close') return seen
  try {
    const [row] = await fleet.evolution.fetchInstances({ name })
    if (row?.connectionStatus !== 'close' || !row.disconnection) return seen
    return { ...seen, cause: disconnectionCause(row.disconnection) }
  } catch (error) {
    fleet.log.warn({ instance: name, error: String(error) }, 'why the instance closed could not be read')
    return seen
  }
}
