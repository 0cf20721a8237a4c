/** The result of one stretch of one contestant. */
export type Measured = {
  /** Calls that succeeded. */
  calls: number
  /** Calls that failed; they do not count as calls. */
  errors: number
  /** The message of the first failure. */
  firstError: string | null
  /** Successful calls per second, until the last answer. */
  perSecond: number
  /** Median time of one successful call; null where the program that drives does not report it (pgbench). */
  p50Ms: number | null
  /** What one successful call used; contestants that call or serve in this process have it. */
  cost?: Cost | undefined
}

/** What one call used, whatever else ran for it in the same time. */
export type Cost = {
  /** Processor time of the process that calls or serves, in microseconds. */
  processUs: number
  /** Processor time of PostgreSQL, in microseconds; null where the system does not report it. */
  databaseUs: number | null
  walBytes: number
}

/** The duration of a stretch, and the number of callers at once. */
export type Stretch = { warmUpMs: number; measuredMs: number; callers: number }

/** The middle of the numbers; for an even count, the mean of the two middle ones. NaN of none. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  if (upper === undefined) return Number.NaN
  const lower = sorted[middle - 1]
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2
}
