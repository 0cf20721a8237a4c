/** The jobs of the scheduler. */
export const JOBS = ['health-poll', 'reset-hour', 'reset-day', 'prune'] as const
export type JobName = (typeof JOBS)[number]

/** One run of a job. */
export type JobRun = {
  job: JobName
  /** The process that ran it. */
  holder: string
  /** ISO 8601, by the database's clock. */
  startedAt: string
  /** Null while it runs, and where its end was not recorded. */
  tookMs: number | null
  /** What it changed: statuses, counters, or rows taken away. Null as above, and where it failed. */
  changed: number | null
  /** Why it failed; null: it did not. */
  failed: string | null
}
