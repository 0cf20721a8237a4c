import { coalesceRuns } from '../ground/coalesce-runs.ts'
import { FleetError } from '../ground/fleet-error.ts'
import type { Log } from '../ground/log.ts'
import { INSTANT } from '../ground/moment.ts'
import type { Database } from '../ground/open-database.ts'
import { type Statement, statement } from '../ground/statement.ts'

/** The interval of readings of the cache: a process applies an end in another process at most this late. */
export const READ_EVERY_MS = 1_000
/** Unknown keys or sessions are looked up together, and no more often than this, however many calls present some. */
const MISSES_EVERY_MS = 100
/** How long entries stay valid while the database cannot be read. */
export const KNOWN_WITHOUT_DATABASE_MS = 10 * 60_000
const WRITE_USES_EVERY_MS = 30_000

/** Keeps a memory of rows current in one process. */
export type Upkeep = {
  /** Begins to read and to store uses on a timer; a second call does nothing. */
  start(): void
  /** Reads once more. Calls that arrive during a read share the next one, so every result was read after its call. */
  refresh(): Promise<void>
  /** Ends both timers, waits for a read that runs, and stores the last uses. */
  close(): Promise<void>
}

/**
 * @param parts.what such as `keys`, for the log
 * @param parts.nowMs a monotonic clock
 */
export function keepCurrent(parts: {
  what: string
  read: () => Promise<void>
  writeLastUses: () => Promise<void>
  /** A read on the timer failed. */
  onMissedRead?: (error: unknown) => void
  nowMs: () => number
  log: Log
}): Upkeep {
  const { what, read, writeLastUses, onMissedRead = () => {}, nowMs, log } = parts
  let begunAtMs = Number.NEGATIVE_INFINITY
  let polling: NodeJS.Timeout | undefined
  let writing: NodeJS.Timeout | undefined
  let closed = false
  const reads = coalesceRuns<void>({ restMs: () => begunAtMs + MISSES_EVERY_MS - nowMs() })

  const refresh = (): Promise<void> =>
    reads.run(async () => {
      if (closed)
        throw new FleetError('OVERLOADED', 'This process is stopping. Call again; another will answer.')
      begunAtMs = nowMs()
      await read()
    })

  return {
    start() {
      if (polling !== undefined || closed) return
      polling = setInterval(() => void refresh().catch(onMissedRead), READ_EVERY_MS).unref()
      writing = setInterval(() => void writeLastUses().catch(() => {}), WRITE_USES_EVERY_MS).unref()
    },
    refresh,
    async close() {
      closed = true
      clearInterval(polling)
      clearInterval(writing)
      await reads.idle()
      await writeLastUses().catch((error) =>
        log.debug({ err: error }, `last uses of ${what} could not be stored`),
      )
    },
  }
}

/**
 * Stores when rows were last used. $2 ids, $3 milliseconds since each was used. Rows are locked by id, since several processes
 * write the same ones.
 */
const usesStatement = (table: 'api_keys' | 'sessions'): Statement =>
  statement(
    `uses_of_${table}`,
    `with ${INSTANT},
uses as materialized (select * from unnest($2::text[], $3::float8[]) used (id, ago_ms)),
locked as materialized (select r.id from zapfleet.${table} r where r.id in (select uses.id from uses) order by r.id for no key update)
update zapfleet.${table} x set last_used_at = greatest(x.last_used_at, moment.at - uses.ago_ms * interval '1 millisecond')
from moment, uses join locked using (id) where x.id = uses.id`,
  )
const USES = { api_keys: usesStatement('api_keys'), sessions: usesStatement('sessions') }

/** Stores the last uses of some rows in one statement; none where there are none. */
export async function storeLastUses(
  { sql, clock, nowMs }: { sql: Pick<Database, 'run'>; clock: () => Date | null; nowMs: () => number },
  table: keyof typeof USES,
  uses: readonly { id: string; usedAtMs: number }[],
): Promise<void> {
  if (uses.length === 0) return
  const atMs = nowMs()
  await sql.run(USES[table], [clock(), uses.map(({ id }) => id), uses.map(({ usedAtMs }) => atMs - usedAtMs)])
}
