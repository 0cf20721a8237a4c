import { onDatabase } from '../db/on-database.ts'
import { statement } from '../db/statement.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { JOBS, type JobName, type JobRun } from './job-run.ts'

const lastStatement = statement(
  'last_runs',
  `select r.job, r.holder, r.started_at, r.took_ms, r.changed, r.failed
from unnest($1::text[]) with ordinality j(job, place), lateral (
  select * from zapfleet.job_runs x where x.job = j.job order by x.started_at desc limit 1) r
order by j.place`,
)

const ageStatement = statement(
  'polling_age',
  `select extract(epoch from coalesce($1::timestamptz, clock_timestamp()) - r.started_at)::float8 * 1000 age_ms
from zapfleet.job_runs r where r.job = 'health-poll' order by r.started_at desc limit 1`,
)

/** The latest run of each job that ever ran, whichever process ran it. @throws FleetError DATABASE_UNAVAILABLE */
export async function lastJobRuns(fleet: Pick<Fleet, 'sql'>): Promise<JobRun[]> {
  const rows = await onDatabase(() =>
    fleet.sql.run<{
      job: JobName
      holder: string
      started_at: Date
      took_ms: number | null
      changed: number | null
      failed: string | null
    }>(lastStatement, [JOBS]),
  )
  return rows.map((row) => ({
    job: row.job,
    holder: row.holder,
    startedAt: row.started_at.toISOString(),
    tookMs: row.took_ms,
    changed: row.changed,
    failed: row.failed,
  }))
}

/**
 * How many milliseconds ago a scheduler last began to read the health of the fleet, by the database's clock; null: never.
 * When it is far above the period of HEALTH_POLL_CRON, nobody polls.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function pollingAge(fleet: Pick<Fleet, 'sql' | 'clock'>): Promise<number | null> {
  const [row] = await onDatabase(() => fleet.sql.run<{ age_ms: number }>(ageStatement, [fleet.clock()]))
  return row ? Math.max(0, Math.round(row.age_ms)) : null
}
