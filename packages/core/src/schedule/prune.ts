import { readMoment } from '../db/moment.ts'
import { onDatabase } from '../db/on-database.ts'
import { type Statement, statement } from '../db/statement.ts'
import type { Fleet } from '../fleet/fleet.ts'

const DAY_MS = 86_400_000

/** History and stream: a quarter of a year answers "what happened to this number lately". */
export const KEEP_EVENTS_MS = 90 * DAY_MS
/** Idempotency needs one day and a release the present windows; a month and some days answer a question about last month. */
export const KEEP_RESERVATIONS_MS = 35 * DAY_MS
/** As long as the reservations: sends of last month, hour by hour. */
const KEEP_HOURS_MS = 35 * DAY_MS
/** Who did what, for a year and the weeks in which somebody asks about it; and the keys that they did it with. */
export const KEEP_AUDIT_MS = 400 * DAY_MS
/** Two weeks of job runs: at one health round each 15 s, some 85,000 rows. */
export const KEEP_JOB_RUNS_MS = 14 * DAY_MS

/** Rows of one statement: some tens of milliseconds, and locks no longer than that. */
const BATCH_ROWS = 5_000
/** Statements of one run for each table; what is left waits for the next run. */
const MAX_BATCHES = 200

/**
 * Takes away one batch of rows that are older than $1; $2 is the size of a batch. Rows that somebody is working with are
 * skipped, so pruning waits for nobody; those it takes it locks by id, as every writer does. The old ones are found
 * apart from their order, or the whole primary key would be walked when there are none.
 */
function pruneStatement(table: string, instant: string, unless = 'true'): Statement {
  return statement(
    `prune_${table}`,
    `with old as materialized (select r.id from zapfleet.${table} r where r.${instant} < $1 and ${unless}),
batch as materialized (select old.id from old limit $2),
mine as materialized (
  select r.id from zapfleet.${table} r where r.id in (select batch.id from batch) order by r.id for update of r skip locked),
gone as (delete from zapfleet.${table} r using mine where r.id = mine.id returning 1)
select count(*)::int gone, (select count(*)::int from batch) found from gone`,
  )
}

const pruneEvents = pruneStatement('events', 'at')
/** The windows are asked too: a clock that jumped may have charged an old row to a window that still counts. $3 hour, $4 day. */
const pruneReservations = pruneStatement(
  'reservations',
  'reserved_at',
  'r.hour_window < $3 and r.day_window < $4',
)
/** Leases on instances that their holders did not live to give back. */
const pruneLeases = statement(
  'prune_leases',
  'delete from zapfleet.leases where expires_at < $1 returning name',
)
const pruneAudit = pruneStatement('audit', 'at')
/** Keys that ended; `least` passes over what is null. */
const pruneKeys = statement(
  'prune_api_keys',
  `with gone as (delete from zapfleet.api_keys where least(revoked_at, expires_at) < $1 returning 1)
select count(*)::int gone from gone`,
)
const pruneJobRuns = pruneStatement('job_runs', 'started_at')
/** Nobody writes an hour of long ago any more, so nobody is waited for: at most a row for each instance and hour since the last run. */
const pruneHours = statement(
  'prune_hourly_sends',
  'with gone as (delete from zapfleet.hourly_sends where hour < $1 returning 1) select count(*)::int gone from gone',
)

/**
 * Takes away events older than 90 days, reservations older than 35 and job runs older than 14, in short statements of
 * 5,000 rows; at most a million of each in one call; hourly sends older than 35 days, the audit and keys that ended after 400,
 * and leases that ended a day ago. Stops between two statements when `signal` aborts.
 *
 * @returns how many rows went
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function prune(
  fleet: Pick<Fleet, 'sql' | 'clock' | 'timeZone'>,
  options: { signal?: AbortSignal; batchRows?: number } = {},
): Promise<{
  changed: number
  events: number
  reservations: number
  jobRuns: number
  hours: number
  audit: number
  keys: number
}> {
  const { signal, batchRows = BATCH_ROWS } = options
  const { at, hourStart, dayStart } = await onDatabase(() => readMoment(fleet))
  const take = async (
    pruneTable: Statement,
    keepMs: number,
    windows: readonly Date[] = [],
  ): Promise<number> => {
    const before = new Date(at.getTime() - keepMs)
    let total = 0
    for (let batch = 0; batch < MAX_BATCHES && !signal?.aborted; batch++) {
      const [row] = await onDatabase(() =>
        fleet.sql.run<{ gone: number; found: number }>(pruneTable, [before, batchRows, ...windows]),
      )
      total += row?.gone ?? 0
      // A batch in which all rows were taken by others would be found again and again.
      if (!row || row.gone === 0 || row.found < batchRows) break
    }
    return total
  }
  const events = await take(pruneEvents, KEEP_EVENTS_MS)
  const reservations = await take(pruneReservations, KEEP_RESERVATIONS_MS, [hourStart, dayStart])
  const jobRuns = await take(pruneJobRuns, KEEP_JOB_RUNS_MS)
  await onDatabase(() => fleet.sql.run(pruneLeases, [new Date(at.getTime() - DAY_MS)]))
  const [oldHours] = await onDatabase(() =>
    fleet.sql.run<{ gone: number }>(pruneHours, [new Date(at.getTime() - KEEP_HOURS_MS)]),
  )
  const hours = oldHours?.gone ?? 0
  const audit = await take(pruneAudit, KEEP_AUDIT_MS)
  const [oldKeys] = await onDatabase(() =>
    fleet.sql.run<{ gone: number }>(pruneKeys, [new Date(at.getTime() - KEEP_AUDIT_MS)]),
  )
  const keys = oldKeys?.gone ?? 0
  const changed = events + reservations + jobRuns + hours + audit + keys
  return { changed, events, reservations, jobRuns, hours, audit, keys }
}
