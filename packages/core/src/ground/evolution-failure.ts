import { EvolutionError } from '@zapfleet/evolution'
import { FleetError } from './fleet-error.ts'

/** @param server its name; null: the one of EVOLUTION_API_URL */
function adviceOf(server: string | null): Record<EvolutionError['code'], string> {
  const who = server === null ? 'Evolution' : `The Evolution server "${server}"`
  const address = server === null ? 'the server, EVOLUTION_API_URL' : 'it, its address'
  return {
    EVOLUTION_UNREACHABLE: `${who} does not answer. Check ${address} and the network, then try again.`,
    EVOLUTION_REFUSED: `${who} refused the call.`,
    EVOLUTION_MALFORMED: `${who} answered in an unknown shape; its version may have changed.`,
  }
}

/**
 * Turns what the Evolution client threw into the error that callers receive; its own message stays in the cause, for the
 * log. An Evolution whose licence is not activated is EVOLUTION_REFUSED with `nextStep: 'activate_licence'`.
 *
 * @param server the name of the server that was called; null: the one of EVOLUTION_API_URL
 */
export function fromEvolution(error: unknown, server: string | null = null): Error {
  if (!(error instanceof EvolutionError)) return error instanceof Error ? error : new Error(String(error))
  if (error.refusal === 'unlicensed') {
    const whose = server === null ? 'Evolution' : `the Evolution server "${server}"`
    const message = `The licence of ${whose} is not activated, so Evolution refuses every call. Activate it in the manager of Evolution (${error.licenceHost ?? 'path /manager of its address'}), then try again.`
    return new FleetError(error.code, message, { cause: error, nextStep: 'activate_licence' })
  }
  const key = server === null ? 'EVOLUTION_API_KEY' : 'its key, which server.update changes'
  const wrongKey = error.refusal === 'unauthorized' ? ` It did not accept the key: check ${key}.` : ''
  return new FleetError(error.code, `${adviceOf(server)[error.code]}${wrongKey}`, { cause: error })
}
