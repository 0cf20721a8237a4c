import { type CallOptions, type Evolution, EvolutionError } from '@zapfleet/evolution'

/**
 * Why Evolution cannot be used. `unreachable`: no server answers. `unlicensed`: its licence is not activated, so it refuses every
 * call. `not_evolution`: another program answers. `key_refused`: it does not accept EVOLUTION_API_KEY. `key_of_one_instance`: the key is the token of an instance and opens that one only.
 * `database_away`: Evolution answers and its own database does not. Evolution loses the events of that time for good, so a
 * number that was logged out then reads `open` until Evolution restarts.
 */
export type EvolutionProblem =
  | 'unreachable'
  | 'unlicensed'
  | 'not_evolution'
  | 'key_refused'
  | 'key_of_one_instance'
  | 'database_away'

/** Why one of several servers cannot be used. `key_sealed`: its stored key cannot be opened with ZAPFLEET_SECRET. */
export type ServerProblem = EvolutionProblem | 'key_sealed'

/**
 * No instance has this name: Evolution answers 404 from memory, within a millisecond, whatever the state of the key and of
 * WhatsApp.
 */
const NO_INSTANCE = 'zapfleet-is-anybody-there'

/** Whether Evolution answers calls, by its cheapest one; null: it does. Never throws. `not_evolution`: the answer has no shape of Evolution. */
export function answerProblem(
  evolution: Evolution,
  within: CallOptions,
): Promise<'unreachable' | 'unlicensed' | 'not_evolution' | null> {
  return evolution.connectionState(NO_INSTANCE, within).then(
    () => null,
    (error: unknown) => {
      if (!(error instanceof EvolutionError) || error.code === 'EVOLUTION_UNREACHABLE') return 'unreachable'
      if (error.code === 'EVOLUTION_MALFORMED') return 'not_evolution'
      return error.refusal === 'unlicensed' ? 'unlicensed' : null
    },
  )
}

/**
 * What the key opens. A search for a name that no instance has finds nothing for the global key (404), and is refused (401)
 * for the token of an instance, which can still read its own row of the inventory.
 *
 * @returns null where the key opens every instance
 * @throws EvolutionError where Evolution's answers do not decide it
 */
export async function keyProblem(
  evolution: Evolution,
  within: CallOptions,
): Promise<EvolutionProblem | null> {
  try {
    await evolution.fetchInstances({ name: NO_INSTANCE, ...within })
    return null
  } catch (error) {
    if (isRefusal(error))
      return (await opensAnything(evolution, within)) ? 'key_of_one_instance' : 'key_refused'
    if (isStranger(error)) return 'not_evolution'
    if (isDatabaseFailure(error)) return 'database_away'
    throw error
  }
}

async function opensAnything(evolution: Evolution, within: CallOptions): Promise<boolean> {
  try {
    await evolution.fetchInstances(within)
    return true
  } catch (error) {
    if (isRefusal(error)) return false
    throw error
  }
}

/** The answer of a call that reads Evolution's database while that is away. */
export const isDatabaseFailure = (error: unknown): boolean =>
  error instanceof EvolutionError && error.code === 'EVOLUTION_REFUSED' && error.status === 500

/** Another program's answer, or Evolution's 404 for a path that it does not serve. */
const isStranger = (error: unknown): boolean =>
  error instanceof EvolutionError &&
  (error.code === 'EVOLUTION_MALFORMED' || (error.code === 'EVOLUTION_REFUSED' && error.status === 404))

const isRefusal = (error: unknown): boolean =>
  error instanceof EvolutionError && error.refusal === 'unauthorized'
