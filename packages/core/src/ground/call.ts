import type { Evolution } from '@zapfleet/evolution'
import type { Log } from './log.ts'

/**
 * One request, or one run of a job: the fleet that it uses, and the log and the Evolution client that carry its id. Verbs
 * that write to the log or call Evolution take a call; all others take the fleet.
 *
 * It is passed on as an argument: an asynchronous context would slow down every promise of the process.
 */
export type Call<Fleet> = {
  readonly fleet: Fleet
  readonly log: Log
  readonly evolution: Evolution
}

/** A call of this fleet. @param requestId the id that its log lines and its calls of Evolution carry; absent: none */
export function callOf<Fleet extends { log: Log; evolution: Evolution }>(
  fleet: Fleet,
  requestId?: string,
): Call<Fleet> {
  if (requestId === undefined) return { fleet, log: fleet.log, evolution: fleet.evolution }
  let evolution: Evolution | undefined
  return {
    fleet,
    log: withId(fleet.log, requestId),
    // Most calls do not use Evolution.
    get evolution() {
      evolution ??= fleet.evolution.forRequest(requestId)
      return evolution
    },
  }
}

function withId(log: Log, requestId: string): Log {
  return {
    debug: (details, message) => log.debug({ requestId, ...details }, message),
    info: (details, message) => log.info({ requestId, ...details }, message),
    warn: (details, message) => log.warn({ requestId, ...details }, message),
    error: (details, message) => log.error({ requestId, ...details }, message),
  }
}
