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
 * log. An Evolution whose licence is not activated is EVOLUTION_REFUSED with `nextStep: 'activate_licence'`.
 */
export function fromEvolution(error: unknown): Error {
  if (!(error instanceof EvolutionError)) return error instanceof Error ? error : new Error(String(error))
  if (error.refusal === 'unlicensed') {
    const message = `The licence of Evolution is not activated, so Evolution refuses every call. Activate it in the manager of Evolution (${error.licenceHost ?? 'path /manager of its address'}), then try again.`
    return new FleetError(error.code, message, { cause: error, nextStep: 'activate_licence' })
  }
  const wrongKey =
    error.refusal === 'unauthorized' ? ' It did not accept the key: check EVOLUTION_API_KEY.' : ''
  return new FleetError(error.code, `${advice[error.code]}${wrongKey}`, { cause: error })
}
