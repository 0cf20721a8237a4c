import type { FleetError, FleetErrorCode } from './fleet-error.ts'

/** What passes by itself. NO_CAPACITY is not among them: it is an answer. */
const PASSING: readonly FleetErrorCode[] = ['OVERLOADED', 'DATABASE_UNAVAILABLE', 'UNREACHABLE', 'TIMEOUT']

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000
/** Callers that were told the same moment do not come back in the same millisecond. */
const SPREAD_MS = 250

/**
 * How long to wait before the next try after this many, in milliseconds; null when another try would not help. Twice as
 * long each time, each wait drawn from its upper half, so that many callers come back one after another. Who is told when
 * to come back (`RATE_LIMITED`) waits until then.
 */
export function waitBeforeMs(
  error: FleetError,
  attempts: number,
  nowMs: number,
  random = Math.random,
): number | null {
  if (error.code === 'RATE_LIMITED') {
    if (error.availableAt === null) return null
    return Math.max(0, error.availableAt.getTime() - nowMs) + random() * SPREAD_MS
  }
  if (!PASSING.includes(error.code)) return null
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1))
  return longest * (0.5 + random() / 2)
}
