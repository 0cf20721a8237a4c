import { EvolutionError } from '@zapfleet/evolution'
import { FleetError } from './fleet-error.ts'

const advice = {
  EVOLUTION_UNREACHABLE:
    'Evolution does not answer. Check the server, EVOLUTION_API_URL and the network, then try again.',
  EVOLUTION_REFUSED: 'Evolution refused the call.',
  EVOLUTION_MALFORMED: 'Evolution answered in an unknown shape; its version may have changed.',
} as const

/**
 * Turns what the Evolution client threw into the error that callers receive; its own message stays in the cause, for the
 * log.
 */
export function fromEvolution(error: unknown): Error {
  if (!(error instanceof EvolutionError)) return error instanceof Error ? error : new Error(String(error))
  const wrongKey =
    error.refusal === 'unauthorized' ? ' It did not accept the key: check EVOLUTION_API_KEY.' : ''
  return new FleetError(error.code, `${advice[error.code]}${wrongKey}`, { cause: error })
}
