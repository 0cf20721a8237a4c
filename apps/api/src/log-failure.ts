import type { FleetError, Log } from '@zapfleet/core'

/** Refusals that come in floods, for want of capacity or by a limit, are told at most this often, with their number. */
const COUNTED_EVERY_MS = 10_000

/** Where a failure happened. */
export type FailurePlace = { call: string; requestId: string }

/**
 * Makes the function that writes failed calls to the log, each at the level it deserves: what a human must look at as
 * errors with their cause, troubles elsewhere as warnings, a full fleet and callers past their limits as a counted line now
 * and then, and callers' own mistakes at debug.
 */
export function makeFailureLog(
  log: Log,
  nowMs: () => number = Date.now,
): (error: FleetError, place: FailurePlace) => void {
  const countRefused = countNowAndThen(nowMs)
  const countLimited = countNowAndThen(nowMs)
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
      case 'NO_CAPACITY':
        return countRefused((refused) =>
          log.info({ ...details, refused, reasons: error.reasons ?? {} }, 'no instance can send now'),
        )
      case 'RATE_LIMITED':
        return countLimited((refused) =>
          log.warn({ ...details, refused, reason: error.message }, 'calls are refused by a limit'),
        )
      case 'INVALID_INPUT':
        return log.debug({ ...details, reason: withoutValues(error.message) }, 'a call was refused')
      default:
        return log.debug({ ...details, reason: error.message }, 'a call was refused')
    }
  }
}

/** Makes the function that counts, and tells the count when the last time is long enough ago. */
function countNowAndThen(nowMs: () => number): (tell: (count: number) => void) => void {
  let count = 0
  let toldAtMs = Number.NEGATIVE_INFINITY
  return (tell) => {
    count += 1
    if (nowMs() - toldAtMs < COUNTED_EVERY_MS) return
    tell(count)
    count = 0
    toldAtMs = nowMs()
  }
}

/** A refusal's words without what was quoted out of the input: it may be anybody's name. The caller sees them whole. */
function withoutValues(words: string): string {
  return words.replace(/"(?:[^"\\]|\\.)*"/g, '"…"')
}
