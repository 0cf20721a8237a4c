import type { Log } from './log.ts'

/**
 * One request, or one run of a job: the fleet that it uses, and the log that carries its id. Verbs that write to the log or call
 * Evolution take a call; all others take the fleet.
 *
 * It is passed on as an argument: an asynchronous context would slow down every promise of the process.
 */
export type Call<Fleet> = {
  readonly fleet: Fleet
  readonly log: Log
  /** The id that its log lines and its calls of Evolution carry; undefined: none. */
  readonly requestId: string | undefined
}

/** A call of this fleet. */
export function callOf<Fleet extends { log: Log }>(fleet: Fleet, requestId?: string): Call<Fleet> {
  return { fleet, log: requestId === undefined ? fleet.log : withId(fleet.log, requestId), requestId }
}

function withId(log: Log, requestId: string): Log {
  return {
    debug: (details, message) => log.debug({ requestId, ...details }, message),
    info: (details, message) => log.info({ requestId, ...details }, message),
    warn: (details, message) => log.warn({ requestId, ...details }, message),
    error: (details, message) => log.error({ requestId, ...details }, message),
  }
}
