/** What one stretch of one contestant gave. */
export type Measured = {
  /** Calls that succeeded. */
  calls: number
  /** Calls that failed; they do not count as calls. */
  errors: number
  /** The words of the first failure. */
  firstError: string | null
  /** Successful calls a second, the last callers' way home included. */
  perSecond: number
  /** Median time of one successful call; null where the program that drives does not say (pgbench). */
  p50Ms: number | null
}

/** How long a stretch is, and how many callers wait for their answers at once. */
export type Stretch = { warmUpMs: number; measuredMs: number; callers: number }

/** The middle of the numbers, the mean of the two middle ones when they are even in number. NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  if (upper === undefined) return Number.NaN
  const lower = sorted[middle - 1]
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2
}
