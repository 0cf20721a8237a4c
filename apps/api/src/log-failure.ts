import type { FleetError, Log } from '@zapfleet/core'

/** Refusals for want of capacity are told at most this often, with their number, so that a full fleet floods no log. */
const NO_CAPACITY_EVERY_MS = 10_000

/** Where a failure happened. */
export type FailurePlace = { call: string; requestId: string }

/**
 * Makes the function that writes failed calls to the log, each at the level it deserves: what a human must look at as
 * errors with their cause, troubles elsewhere as warnings, a full fleet as a counted line now and then, and callers'
 * own mistakes at debug.
 */
export function makeFailureLog(
  log: Log,
  nowMs: () => number = Date.now,
): (error: FleetError, place: FailurePlace) => void {
  let refused = 0
  let toldAtMs = Number.NEGATIVE_INFINITY
  return (error, place) => {
    const details = { call: place.call, requestId: place.requestId, code: error.code }
    switch (error.code) {
      case 'UNEXPECTED':
        return log.error({ ...details, err: error.cause ?? error }, 'a call failed in a way it should not')
      case 'EVOLUTION_MALFORMED':
        return log.error({ ...details, err: error }, 'Evolution answered something we do not understand')
      case 'EVOLUTION_UNREACHABLE':
      case 'EVOLUTION_REFUSED':
      case 'DATABASE_UNAVAILABLE':
      case 'OVERLOADED':
        return log.warn({ ...details, err: error }, 'a call could not be served')
      case 'NO_CAPACITY': {
        refused += 1
        if (nowMs() - toldAtMs < NO_CAPACITY_EVERY_MS) return
        log.info({ ...details, refused, reasons: error.reasons ?? {} }, 'no instance can send now')
        refused = 0
        toldAtMs = nowMs()
        return
      }
      default:
        return log.debug({ ...details, reason: error.message }, 'a call was refused')
    }
  }
}
