import { FleetError } from '../ground/fleet-error.ts'
import type { Log } from '../ground/log.ts'
import type { Fleet } from './fleet.ts'
import { closeFleet, type FleetConfig, openFleet } from './open-fleet.ts'
import { readiness } from './read-readiness.ts'

/** The first pause between two attempts; it doubles up to the longest. */
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/** One attempt: the result, or the reason why there is none yet. It throws where waiting cannot help. */
export type Attempt<Result> = () => Promise<
  { ready: true; result: Result } | { ready: false; reason: string }
>

/**
 * Tries until it succeeds, with pauses that double from 0.25 s to 5 s. Each new reason is a line in the log. Rejects with the
 * error of an attempt, and when aborted.
 */
export async function waitUntilReady<Result>(
  attempt: Attempt<Result>,
  options: { log: Log; signal: AbortSignal; pause: (ms: number, signal: AbortSignal) => Promise<void> },
): Promise<Result> {
  let logged = ''
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    options.signal.throwIfAborted()
    const outcome = await attempt()
    if (outcome.ready) return outcome.result
    if (outcome.reason !== logged) {
      logged = outcome.reason
      options.log.warn({ reason: logged }, 'waiting for the database')
    }
    await options.pause(pauseMs, options.signal)
  }
}

/**
 * Opens the fleet as soon as the database answers and is migrated, by the API.
 *
 * @throws at once where waiting cannot help, such as another time zone than the fleet's, and when `signal` aborts
 */
export function openFleetWhenReady(
  config: FleetConfig,
  options: { log: Log; signal: AbortSignal; pause: (ms: number, signal: AbortSignal) => Promise<void> },
): Promise<Fleet> {
  return waitUntilReady(() => openWhenMigrated(config), options)
}

async function openWhenMigrated(
  config: FleetConfig,
): Promise<{ ready: true; result: Fleet } | { ready: false; reason: string }> {
  try {
    const fleet = await openFleet(config)
    const state = await readiness(fleet)
    if (state.ready) return { ready: true, result: fleet }
    await closeFleet(fleet)
    return state
  } catch (error) {
    if (error instanceof FleetError && mayPass(error)) return { ready: false, reason: error.message }
    throw error
  }
}

/** Whether waiting may help: the database does not answer, or its schema could not be read (there is a cause). */
function mayPass(error: FleetError): boolean {
  return (
    error.code === 'DATABASE_UNAVAILABLE' || (error.code === 'INVALID_STATE' && error.cause !== undefined)
  )
}
