import type { FleetError, Log } from '@zapfleet/core'
import { createLog as createLogOf, type Logger, type LogOptions } from '@zapfleet/telemetry'

/** The API's log: JSON on stdout (or `destination`), with `secrets`, and every text that looks like a secret, masked. */
export function createLog(
  level: string,
  destination?: LogOptions['destination'],
  secrets?: readonly string[],
): Logger {
  return createLogOf({ app: 'api', level, destination, secrets })
}

/** Repeated failures (no capacity, a limit, no database) get a line at most this often, with their count. */
const COUNTED_EVERY_MS = 10_000
/** At most so many request ids in a line about several failures. */
const IDS_ON_A_LINE = 20

/** The failed call: its procedure or route, and its request. */
export type FailedCall = { call: string; requestId: string }

/** Writes a failed call to the log. */
export type LogFailure = (error: FleetError, call: FailedCall) => void

/** Failures since the last line about them: their number, and the ids of the first requests. */
type Since = { count: number; requestIds: string[] }

/**
 * Makes the function that writes failed calls to the log: defects as errors; problems with Evolution, the database or
 * the load as warnings, both with the cause of the first; a full fleet as information; limits as warnings; callers'
 * own mistakes at debug. All but the last are counted by code and call: one line at once, then one in ten seconds
 * with `count` and `requestIds` of the failures since, the last of them after the failures end.
 */
export function makeFailureLog(log: Log, nowMs: () => number = Date.now): LogFailure {
  const counters = new Map<string, Counter>()
  const counted = (failed: FailedCall, what: string, write: (since: Since) => void): void => {
    const known = counters.get(what)
    const counter = known ?? countAndWrite(nowMs, () => counters.delete(what))
    if (!known) counters.set(what, counter)
    counter(failed.requestId, write)
  }
  return (error, failed) => {
    const details = { ...failed, code: error.code }
    const failure = `${error.code} ${failed.call}`
    switch (error.code) {
      case 'UNEXPECTED':
        return counted(failed, failure, (since) =>
          log.error({ ...details, ...since, err: error.cause ?? error }, 'a call failed unexpectedly'),
        )
      case 'EVOLUTION_MALFORMED':
        return counted(failed, failure, (since) =>
          log.error({ ...details, ...since, err: error }, 'Evolution sent an answer that cannot be read'),
        )
      case 'EVOLUTION_UNREACHABLE':
      case 'EVOLUTION_REFUSED':
      case 'DATABASE_UNAVAILABLE':
      case 'OVERLOADED':
        return counted(failed, failure, (since) =>
          log.warn({ ...details, ...since, err: error }, 'a call could not be served'),
        )
      case 'NO_CAPACITY':
        return counted(failed, error.code, ({ count: refused }) =>
          log.info({ ...details, refused, reasons: error.reasons ?? {} }, 'no instance can send now'),
        )
      case 'RATE_LIMITED':
        return counted(failed, error.code, ({ count: refused }) =>
          log.warn({ ...details, refused, reason: error.message }, 'calls are refused by a limit'),
        )
      default:
        return log.debug({ ...details, reason: withoutValues(error.message) }, 'a call was refused')
    }
  }
}

type Counter = (requestId: string, write: (since: Since) => void) => void

/** Makes a counter that writes at most one line in COUNTED_EVERY_MS. Calls `onRest` after such a time without a failure. */
function countAndWrite(nowMs: () => number, onRest: () => void): Counter {
  let since: Since = { count: 0, requestIds: [] }
  let writtenAtMs = Number.NEGATIVE_INFINITY
  let writeLatest: (since: Since) => void = () => {}
  let timer: NodeJS.Timeout | undefined
  const flush = (): void => {
    clearTimeout(timer)
    const written = since
    since = { count: 0, requestIds: [] }
    writtenAtMs = nowMs()
    timer = setTimeout(() => (since.count > 0 ? flush() : onRest()), COUNTED_EVERY_MS).unref()
    writeLatest(written)
  }
  return (requestId, write) => {
    writeLatest = write
    since.count += 1
    if (since.requestIds.length < IDS_ON_A_LINE && !since.requestIds.includes(requestId))
      since.requestIds.push(requestId)
    if (nowMs() - writtenAtMs >= COUNTED_EVERY_MS) flush()
  }
}

/** A message without the values that it quotes from the input: they may name a person. The caller gets the whole message. */
function withoutValues(message: string): string {
  return message.replace(/"(?:[^"\\]|\\.)*"/g, '"…"')
}
