import type { FleetError, Log } from '@zapfleet/core'

/** Failures that come in floods (no capacity, a limit, a database that is away) get a line at most this often, with their count. */
const COUNTED_EVERY_MS = 10_000
/** Request ids on a line that stands for several failures. */
const IDS_ON_A_LINE = 20

/** Where a failure happened. */
export type FailurePlace = { call: string; requestId: string }

/** Failures since the last line about them: how many, and the first of their requests. */
type Since = { count: number; requestIds: string[] }

/**
 * Makes the function that writes failed calls to the log, each at the level it deserves: what a human must look at as
 * errors, troubles elsewhere as warnings, both with the cause of the first; a full fleet and callers past their limits;
 * callers' own mistakes at debug. All but the last are counted by code and call: one line at once, then one in ten seconds
 * with `count` and `requestIds` of what came since, the last of them when the flood is over.
 */
export function makeFailureLog(
  log: Log,
  nowMs: () => number = Date.now,
): (error: FleetError, place: FailurePlace) => void {
  const counters = new Map<string, Counter>()
  const counted = (place: FailurePlace, what: string, tell: (since: Since) => void): void => {
    const known = counters.get(what)
    const counter = known ?? countNowAndThen(nowMs, () => counters.delete(what))
    if (!known) counters.set(what, counter)
    counter(place.requestId, tell)
  }
  return (error, place) => {
    const details = { call: place.call, requestId: place.requestId, code: error.code }
    const failure = `${error.code} ${place.call}`
    switch (error.code) {
      case 'UNEXPECTED':
        return counted(place, failure, (since) =>
          log.error(
            { ...details, ...since, err: error.cause ?? error },
            'a call failed in a way it should not',
          ),
        )
      case 'EVOLUTION_MALFORMED':
        return counted(place, failure, (since) =>
          log.error(
            { ...details, ...since, err: error },
            'Evolution answered something we do not understand',
          ),
        )
      case 'EVOLUTION_UNREACHABLE':
      case 'EVOLUTION_REFUSED':
      case 'DATABASE_UNAVAILABLE':
      case 'OVERLOADED':
        return counted(place, failure, (since) =>
          log.warn({ ...details, ...since, err: error }, 'a call could not be served'),
        )
      case 'NO_CAPACITY':
        return counted(place, error.code, ({ count: refused }) =>
          log.info({ ...details, refused, reasons: error.reasons ?? {} }, 'no instance can send now'),
        )
      case 'RATE_LIMITED':
        return counted(place, error.code, ({ count: refused }) =>
          log.warn({ ...details, refused, reason: error.message }, 'calls are refused by a limit'),
        )
      default:
        return log.debug({ ...details, reason: withoutValues(error.message) }, 'a call was refused')
    }
  }
}

type Counter = (requestId: string, tell: (since: Since) => void) => void

/** Makes the function that counts, and tells the count when the last time is long enough ago. `onRest` after a quiet time. */
function countNowAndThen(nowMs: () => number, onRest: () => void): Counter {
  let since: Since = { count: 0, requestIds: [] }
  let toldAtMs = Number.NEGATIVE_INFINITY
  let latest: (since: Since) => void = () => {}
  let ending: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(ending)
    const told = since
    since = { count: 0, requestIds: [] }
    toldAtMs = nowMs()
    ending = setTimeout(() => (since.count > 0 ? flush() : onRest()), COUNTED_EVERY_MS).unref()
    latest(told)
  }
  return (requestId, tell) => {
    latest = tell
    since.count += 1
    if (since.requestIds.length < IDS_ON_A_LINE && !since.requestIds.includes(requestId))
      since.requestIds.push(requestId)
    if (nowMs() - toldAtMs >= COUNTED_EVERY_MS) flush()
  }
}

/** A refusal's words without what was quoted out of the input: it may be anybody's name. The caller sees them whole. */
function withoutValues(words: string): string {
  return words.replace(/"(?:[^"\\]|\\.)*"/g, '"…"')
}
