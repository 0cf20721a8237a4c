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
  /** What one successful call used, where it can be read. */
  cost?: Cost | undefined
  /** What programs without work used; of goal 16 alone. */
  idle?: IdleUsage
}

export type IdleMeasure =
  | 'statementsPerMinute'
  | 'apiMegabytes'
  | 'schedulerMegabytes'
  | 'apiPercent'
  | 'schedulerPercent'

/** Memory is resident (RSS); processor time is in per cent of a core. */
export type IdleUsage = Readonly<Record<IdleMeasure, number>>

/** What one call used, whatever else ran for it in the same time. */
export type Cost = {
  /** Processor time of the process that calls or serves, in microseconds. */
  processUs: number
  /** Processor time of the database, in microseconds; null where the system does not report it. */
  databaseUs: number | null
  /** The log of the database. */
  walBytes: number
}

/** The median of each part; undefined of none. A part that the system does not report is null. */
export function medianCost(costs: readonly Cost[]): Cost | undefined {
  if (costs.length === 0) return undefined
  const database = costs.flatMap(({ databaseUs }) => databaseUs ?? [])
  return {
    processUs: median(costs.map(({ processUs }) => processUs)),
    databaseUs: database.length > 0 ? median(database) : null,
    walBytes: median(costs.map(({ walBytes }) => walBytes)),
  }
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
