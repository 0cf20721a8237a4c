import { EvolutionError, type EvolutionInstance } from '@zapfleet/evolution'
import type { Fleet } from '../fleet/fleet.ts'
import type { EvolutionState } from './health.ts'
import type { Seen } from './standing.ts'

/** One live reading: what was seen, and Evolution's word for it. */
export type StateReading = { seen: Seen; state: EvolutionState }

/** A call with its retries; Evolution answers from memory, within milliseconds where it is well. */
const READ_TIMEOUT_MS = 5_000
/** More closed instances than this are looked up in one call for all, which is cheaper for Evolution than as many singles. */
const SINGLE_RECORDS_MAX = 3

/**
 * Asks Evolution for the live state of one instance. Never throws: no answer is an observation too, also where `signal` cut
 * the call.
 */
export async function readState(
  fleet: Pick<Fleet, 'evolution'>,
  name: string,
  signal: AbortSignal,
): Promise<StateReading> {
  try {
    const { state, word } = await fleet.evolution.connectionState(name, {
      timeoutMs: READ_TIMEOUT_MS,
      signal,
    })
    if (state === null) return { seen: { kind: 'unclear', word }, state: 'unknown' }
    if (state === 'open') return { seen: { kind: 'state', state, blinked: false }, state }
    return { seen: { kind: 'state', state, record: null }, state }
  } catch (error) {
    return { seen: readFailure(error), state: 'error' }
  }
}

/** What a failed call says about the instance: usually nothing. */
function readFailure(error: unknown): Seen {
  if (!(error instanceof EvolutionError) || error.code === 'EVOLUTION_UNREACHABLE')
    return { kind: 'silent', why: 'unreachable' }
  if (error.refusal === 'not_found') return { kind: 'missing' }
  return { kind: 'silent', why: error.refusal === 'unauthorized' ? 'wrong_key' : 'not_understood' }
}

/** What Evolution's database has of these instances; who is missing could not be read, and that is a log line. */
export async function readRecords(
  fleet: Pick<Fleet, 'evolution' | 'log'>,
  names: readonly string[],
): Promise<Map<string, EvolutionInstance>> {
  const read = async (options: { name?: string }): Promise<EvolutionInstance[]> => {
    try {
      return await fleet.evolution.fetchInstances({ ...options, timeoutMs: READ_TIMEOUT_MS })
    } catch (error) {
      fleet.log.warn({ instances: names.length, error: String(error) }, 'why instances closed was not read')
      return []
    }
  }
  if (names.length === 0) return new Map()
  const found =
    names.length > SINGLE_RECORDS_MAX
      ? await read({})
      : (await Promise.all(names.map((name) => read({ name })))).flat()
  return new Map(found.map((row) => [row.name, row]))
}
