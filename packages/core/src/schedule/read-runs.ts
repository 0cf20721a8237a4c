import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'
import { JOBS, type JobName, type JobRun } from './job-run.ts'

/** One search of the index for each job; Prisma's `distinct` would read all runs into memory. */
const lastStatement = statement(
  'last_runs',
  `select r.job, r.holder, r.started_at, r.took_ms, r.changed, r.failed
from unnest($1::text[]) with ordinality j(job, place), lateral (
  select * from zapfleet.job_runs x where x.job = j.job order by x.started_at desc limit 1) r
order by j.place`,
)

/** The last health rounds, and how long after the one before each began, as `r` in SQL. */
export const LAST_ROUNDS = `(select x.started_at, x.started_at - lag(x.started_at) over (order by x.started_at) waited
    from (select j.started_at from zapfleet.job_runs j where j.job = 'health-poll' order by j.started_at desc limit 4) x) r`

/**
 * The period of the health rounds `r` as an interval: the median of the last three, so that neither one pause nor a restart changes it; 0 where
 * only one round is stored.
 */
export const PERIOD = `coalesce(percentile_disc(0.5) within group (order by r.waited), interval '0')`

/** One statement: probes of readiness and scrapes of the metrics read it. No row: never. */
const pulseStatement = statement(
  'polling_pulse',
  `select extract(epoch from coalesce($1::timestamptz, clock_timestamp()) - max(r.started_at))::float8 * 1000 age_ms,
  extract(epoch from ${PERIOD})::float8 * 1000 period_ms
from ${LAST_ROUNDS} having count(*) > 0`,
)

/** The latest run of each job that ever ran, whichever process ran it. @throws FleetError DATABASE_UNAVAILABLE */
export async function lastJobRuns(fleet: Pick<Ground, 'sql'>): Promise<JobRun[]> {
  const rows = await fleet.sql.run<{
    job: JobName
    holder: string
    started_at: Date
    took_ms: number | null
    changed: number | null
    failed: string | null
  }>(lastStatement, [JOBS])
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
 * When it is far above the period of HEALTH_POLL_CRON, no scheduler polls.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function pollingAge(fleet: Pick<Ground, 'sql' | 'clock'>): Promise<number | null> {
  return (await pollingPulse(fleet))?.ageMs ?? null
}

/**
 * The same, and the period of the rounds, see `PERIOD`; null: never.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function pollingPulse(
  fleet: Pick<Ground, 'sql' | 'clock'>,
): Promise<{ ageMs: number; periodMs: number } | null> {
  const [row] = await fleet.sql.run<{ age_ms: number; period_ms: number }>(pulseStatement, [fleet.clock()])
  return row ? { ageMs: Math.max(0, Math.round(row.age_ms)), periodMs: row.period_ms } : null
}
