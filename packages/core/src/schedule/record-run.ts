import type { Ground } from '../ground/ground.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import type { JobName } from './job-run.ts'

/** The error of a run whose process ended before it did. */
const LOST = 'its process ended, or lost the database, before the run did'

/**
 * Begins a run only for the process that holds the lease now. A job never overlaps itself, so an open run of it has no
 * process any more. $1 moment, $2 job, $3 holder, $4 lease.
 */
const beginStatement = statement(
  'begin_run',
  `with ${INSTANT},
leadership as materialized (select from zapfleet.leases l, moment where l.name = $4 and l.holder = $3 and l.expires_at > moment.at),
lost as (
  update zapfleet.job_runs r set failed = '${LOST}'
  where r.job = $2 and r.took_ms is null and r.failed is null and exists (select from leadership))
insert into zapfleet.job_runs (job, holder, started_at)
select $2, $3, moment.at from moment where exists (select from leadership) returning id::text`,
)

/**
 * Records that a run begins, if this process holds the lease by the database's clock: one that slept through the end of its
 * lease is stopped here. Runs of the job that never ended are marked as lost.
 *
 * @returns the id for `endRun`, or null: not the leader, do not run
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function beginRun(
  fleet: Pick<Ground, 'sql' | 'clock'>,
  run: { job: JobName; holder: string; lease: string },
): Promise<string | null> {
  const [row] = await fleet.sql.run<{ id: string }>(beginStatement, [
    fleet.clock(),
    run.job,
    run.holder,
    run.lease,
  ])
  return row?.id ?? null
}

/** Records how a run ended. `failed` is for people and contains no secret. @throws FleetError DATABASE_UNAVAILABLE */
export async function endRun(
  fleet: Pick<Ground, 'sql'>,
  id: string,
  end: { tookMs: number; changed: number | null; failed: string | null },
): Promise<void> {
  await fleet.sql.prisma.jobRun.updateMany({
    where: { id: BigInt(id) },
    data: {
      tookMs: Math.round(end.tookMs),
      changed: end.changed,
      failed: end.failed?.slice(0, 500) ?? null,
    },
  })
}
