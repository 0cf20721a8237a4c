import type { FleetError, FleetErrorCode } from './fleet-error.ts'

/** Errors after which the same call may succeed. NO_CAPACITY is not one of them: it is an answer. */
const PASSING: readonly FleetErrorCode[] = ['OVERLOADED', 'DATABASE_UNAVAILABLE', 'UNREACHABLE', 'TIMEOUT']

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 2_000
/** Spreads callers that got the same `availableAt`. */
const SPREAD_MS = 250

/**
 * The wait before the next try, in milliseconds; null when another try would not help. It doubles with each attempt and is
 * drawn from its upper half, so that many clients do not retry together. `RATE_LIMITED` waits until `availableAt`. `random`
 * is 0 to 1.
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

/** A random number that stays the same for `sameForMs`: calls that failed together are retried in one batch. */
export function openRandom(sameForMs = 20): (nowMs: number) => number {
  let drawn = { atMs: Number.NEGATIVE_INFINITY, value: 0 }
  return (nowMs) => {
    if (nowMs - drawn.atMs > sameForMs) drawn = { atMs: nowMs, value: Math.random() }
    return drawn.value
  }
}
