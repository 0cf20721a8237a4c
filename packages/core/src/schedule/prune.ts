import type { Ground } from '../ground/ground.ts'
import { readMoment } from '../ground/read-moment.ts'
import type { Statement } from '../ground/statement.ts'
import { type Aging, changesStep, hoursStep, idempotencyKeysStep, stepStatement } from './prune-sql.ts'

const DAY_MS = 86_400_000

/** History and stream: a quarter of a year covers what happened to a number lately. */
export const KEEP_EVENTS_MS = 90 * DAY_MS
/** Idempotency needs one day and a release the present windows; a month and some days cover the month before. */
export const KEEP_RESERVATIONS_MS = 35 * DAY_MS
/** Keys count for 24 hours; the hour more is for a clock that was set back. */
const KEEP_IDEMPOTENCY_KEYS_MS = 25 * 3_600_000
/** As long as the reservations. Messages that wait are at most that old: 31 days until `sendAt`, and a week. */
const KEEP_MESSAGES_MS = 35 * DAY_MS
/** As long as the reservations: sends and outcomes of last month, hour by hour. */
export const KEEP_HOURS_MS = 35 * DAY_MS
/** The acts of admins for a year and some weeks; and the keys that they used. */
export const KEEP_AUDIT_MS = 400 * DAY_MS
/** As long as the acts of admins; their notices too, which show which routes were notified. */
const KEEP_ALERTS_MS = 400 * DAY_MS
/** A stream of messages, or a webhook endpoint, that was away for so long misses what is older. */
export const KEEP_MESSAGE_CHANGES_MS = 7 * DAY_MS
/** Two weeks of job runs: at one health round each 15 s, some 85,000 rows. */
export const KEEP_JOB_RUNS_MS = 14 * DAY_MS

/** Rows that one step reads at most: some tens of milliseconds, and locks no longer than that. */
const STEP_ROWS = 5_000
/** The first step is this small, and each may have twice the rows of the one before: a slow disk shows in a short step. */
const FIRST_STEP_ROWS = 500
/** After a step that took longer than this the next one has half the rows. */
const STEP_MS = 250
/** Rows that one walk reads in a run; what is left waits for the next run. */
const RUN_ROWS = 1_000_000
/** Rows that a sweep reads in a run while it finds nothing old: a table of 35 million is swept in two weeks. */
const IDLE_ROWS = 100_000
/** Blocks that one step over the idempotency keys reads: some 20,000 rows. */
const STEP_BLOCKS = 200
/** Instances of one step over the hours, and hours of one instance that it removes at most. */
const STEP_INSTANCES = 50
const STEP_HOURS = 100

/** The windows count too: a clock that jumped may have charged an old row to a window that is still open. $4 hour, $5 day. */
const RESERVATIONS: Aging = {
  table: 'reservations',
  key: 'uuid',
  isOld: 'r.reserved_at < $3 and r.hour_window < $4 and r.day_window < $5',
}
const MESSAGES: Aging = {
  table: 'messages',
  key: 'uuid',
  isOld: `r.created_at < $3 and r.state not in ('queued', 'sending')`,
}
const EVENTS: Aging = { table: 'events', key: 'bigint', isOld: 'r.at < $3' }
const AUDIT: Aging = { table: 'audit', key: 'bigint', isOld: 'r.at < $3' }
const JOB_RUNS: Aging = { table: 'job_runs', key: 'bigint', isOld: 'r.started_at < $3' }

/** What a step did, see `stepStatement`. */
type Step = { held: number; read: number; old: number; gone: number }

const walksOf = (aging: Aging) => ({
  front: { name: `${aging.table}.front`, step: stepStatement(aging, 'front') },
  sweep: { name: `${aging.table}.sweep`, step: stepStatement(aging, 'sweep') },
})
const WALKS = {
  reservations: walksOf(RESERVATIONS),
  messages: walksOf(MESSAGES),
  events: walksOf(EVENTS),
  audit: walksOf(AUDIT),
  jobRuns: walksOf(JOB_RUNS),
}
const HOUR_WALKS = (['hourly_sends', 'hourly_outcomes'] as const).map((name) => ({
  name,
  step: hoursStep(name),
}))
const CURSORS = [
  ...Object.values(WALKS).flatMap(({ front, sweep }) => [front.name, sweep.name]),
  ...HOUR_WALKS.map(({ name }) => name),
]

/**
 * Removes old rows: events after 90 days, reservations, messages, hourly sends and hourly outcomes after 35, job runs after 14,
 * changes of messages after 7, idempotency keys after 25 hours, the audit, closed alerts with their notices, and keys that ended after 400, leases that ended a day ago. It walks along primary keys in steps of at most
 * 5,000 rows, and stores its position after each step: a run that was killed continues there, and of two runs at once each takes
 * steps of its own. A run reads at most a million rows of a table twice; what is left waits for the next one. Stops
 * between two steps when `signal` aborts.
 *
 * @returns how many rows were removed
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function prune(
  fleet: Ground,
  options: { signal?: AbortSignal; stepRows?: number } = {},
): Promise<{
  changed: number
  events: number
  reservations: number
  messages: number
  jobRuns: number
  hours: number
  audit: number
  keys: number
  messageChanges: number
  idempotencyKeys: number
  alerts: number
}> {
  const { signal, stepRows = STEP_ROWS } = options
  const { at, hourStart, dayStart } = await readMoment(fleet)
  await fleet.sql.prisma.pruneCursor.createMany({
    data: CURSORS.map((name) => ({ name })),
    skipDuplicates: true,
  })
  const before = (keepMs: number): Date => new Date(at.getTime() - keepMs)
  const take = async (step: Statement, values: unknown[]): Promise<Step | undefined> =>
    (await fleet.sql.run<Step>(step, values))[0]

  /** Steps until one reads less than it may, another process holds the cursor, or `isEnough`. */
  const walk = async (
    { name, step }: { name: string; step: Statement },
    values: readonly Date[],
    isEnough: (taken: Step, idleRows: number) => boolean,
  ): Promise<number> => {
    let gone = 0
    let idleRows = 0
    let rows = Math.min(FIRST_STEP_ROWS, stepRows)
    for (let readRows = 0; readRows < RUN_ROWS && !signal?.aborted; ) {
      const startedAtMs = performance.now()
      const taken = await take(step, [name, rows, ...values])
      if (!taken || taken.held === 0) break
      gone += taken.gone
      readRows += taken.read
      idleRows = taken.old === 0 ? idleRows + taken.read : 0
      if (taken.read < rows || isEnough(taken, idleRows)) break
      rows =
        performance.now() - startedAtMs > STEP_MS
          ? Math.max(1, Math.floor(rows / 2))
          : Math.min(rows * 2, stepRows)
    }
    return gone
  }
  const age = async (
    { front, sweep }: (typeof WALKS)['events'],
    keepMs: number,
    windows: readonly Date[] = [],
  ): Promise<number> => {
    const values = [before(keepMs), ...windows]
    const oldest = await walk(front, values, (taken) => taken.old === 0)
    return oldest + (await walk(sweep, values, (_taken, idleRows) => idleRows >= IDLE_ROWS))
  }
  const pruneHours = async (): Promise<number> => {
    let gone = 0
    for (const { name, step } of HOUR_WALKS)
      while (!signal?.aborted) {
        const taken = await take(step, [name, STEP_INSTANCES, before(KEEP_HOURS_MS), STEP_HOURS])
        if (!taken || taken.held === 0) break
        gone += taken.gone
        if (taken.read < STEP_INSTANCES) break
      }
    return gone
  }

  const pruneChanges = async (): Promise<number> => {
    let gone = 0
    while (!signal?.aborted) {
      const taken = await take(changesStep, [stepRows, before(KEEP_MESSAGE_CHANGES_MS)])
      gone += taken?.gone ?? 0
      if (!taken || taken.old < stepRows) break
    }
    return gone
  }

  const pruneIdempotencyKeys = async (): Promise<number> => {
    let gone = 0
    for (let block = 0, blocks = 1; block < blocks && !signal?.aborted; block += STEP_BLOCKS) {
      const values = [`(${block},0)`, `(${block + STEP_BLOCKS},0)`, before(KEEP_IDEMPOTENCY_KEYS_MS)]
      const [taken] = await fleet.sql.run<{ gone: number; blocks: number }>(idempotencyKeysStep, values)
      gone += taken?.gone ?? 0
      blocks = taken?.blocks ?? 0
    }
    return gone
  }

  const events = await age(WALKS.events, KEEP_EVENTS_MS)
  const reservations = await age(WALKS.reservations, KEEP_RESERVATIONS_MS, [hourStart, dayStart])
  const messages = await age(WALKS.messages, KEEP_MESSAGES_MS)
  const jobRuns = await age(WALKS.jobRuns, KEEP_JOB_RUNS_MS)
  // Leases whose holders ended before they gave them up.
  await fleet.sql.prisma.lease.deleteMany({ where: { expiresAt: { lt: before(DAY_MS) } } })
  const hours = await pruneHours()
  const audit = await age(WALKS.audit, KEEP_AUDIT_MS)
  const isLongAgo = { lt: before(KEEP_AUDIT_MS) }
  const { count: keys } = await fleet.sql.prisma.apiKey.deleteMany({
    where: { OR: [{ revokedAt: isLongAgo }, { expiresAt: isLongAgo }] },
  })
  const messageChanges = await pruneChanges()
  const { count: alerts } = await fleet.sql.prisma.alert.deleteMany({
    where: { openedAt: { lt: before(KEEP_ALERTS_MS) }, closedAt: { not: null } },
  })
  await fleet.sql.prisma.alertNotice.deleteMany({ where: { createdAt: { lt: before(KEEP_ALERTS_MS) } } })
  const idempotencyKeys = await pruneIdempotencyKeys()
  const removed = {
    events,
    reservations,
    messages,
    jobRuns,
    hours,
    audit,
    keys,
    messageChanges,
    idempotencyKeys,
    alerts,
  }
  return { changed: Object.values(removed).reduce((sum, one) => sum + one), ...removed }
}
