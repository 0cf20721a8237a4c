import type { FleetError, FleetErrorCode } from './fleet-error.ts'

/** What passes by itself. NO_CAPACITY is not among them: it is an answer. */
const PASSING: readonly FleetErrorCode[] = ['OVERLOADED', 'DATABASE_UNAVAILABLE', 'UNREACHABLE', 'TIMEOUT']

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000
/** Callers that were told the same moment do not come back in the same millisecond. */
const SPREAD_MS = 250

/**
 * How long to wait before the next try after this many, in milliseconds; null when another try would not help. Twice as
 * long each time, each wait drawn from its upper half, so that many clients come back one after another. Who is told when
 * to come back (`RATE_LIMITED`) waits until then. `random` is 0 to 1.
 */
export function waitBeforeMs(
  error: FleetError,
  attempts: number,
  nowMs: number,
  random: number,
): number | null {
  if (error.code === 'RATE_LIMITED') {
    if (error.availableAt === null) return null
    return Math.max(0, error.availableAt.getTime() - nowMs) + random * SPREAD_MS
  }
  if (!PASSING.includes(error.code)) return null
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1))
  return longest * (0.5 + random / 2)
}

/** Chance that is the same for a moment: calls that failed together come back together, in one batch again. */
export function openChance(sameForMs = 20): (nowMs: number) => number {
  let drawn = { atMs: Number.NEGATIVE_INFINITY, value: 0 }
  return (nowMs) => {
    if (nowMs - drawn.atMs > sameForMs) drawn = { atMs: nowMs, value: Math.random() }
    return drawn.value
  }
}
