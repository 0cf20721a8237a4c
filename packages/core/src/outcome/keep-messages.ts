import type { Ground } from '../ground/ground.ts'
import {
  addCursor,
  fillSlice,
  pruneConversations,
  pruneWaiting,
  readWork,
  type SliceRow,
  storeFilled,
} from './conversations-sql.ts'
import { firstIdOf, matchWaiting, type OutcomeStore } from './store-events.ts'

/** Waiting outcomes of one run, and how long one waits for its reservation. */
const MATCHES = 5_000
const WAITING_ROWS = 5_000
const WAITING_SECONDS = 24 * 3_600
/** Reservations of one statement, and statements of one run. */
const SLICE_ROWS = 5_000
const SLICES = 20
/**
 * Reservations that are read again: those that were stored late or by a clock that is behind, and those that were given back or
 * failed meanwhile. A send through a dead connection fails after a minute.
 */
const AGAIN_SECONDS = 90
/** No id of a reservation is older; what is above the present by more than a day is no version 7 id. */
const FIRST_MS = Date.UTC(2020, 0, 1)
const DAY_MS = 86_400_000
/** Conversations that one run looks at, to remove those that are over. */
const PRUNE_ROWS = 1_000

/**
 * The work that the leading scheduler repeats every few seconds: applies waiting outcomes whose reservation has its message by now, and
 * stores which contacts each number sent to. Without such work it runs one statement. Each step has a limit, and two processes may run it at once.
 *
 * @returns how many rows were written
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function keepMessages(
  fleet: OutcomeStore,
  options: { signal?: AbortSignal; sliceRows?: number } = {},
): Promise<{ changed: number }> {
  const [work] = await fleet.sql.readTogether<{
    until_ms: number | null
    has_waiting: boolean
    has_sends: boolean
  }>(readWork, [AGAIN_SECONDS])
  const matched = work?.has_waiting ? await matchWaiting(fleet, null, MATCHES) : 0
  const written = work?.has_sends ? await fillConversations(fleet, work.until_ms, options) : 0
  return { changed: matched + written }
}

/**
 * Removes outcomes that waited a day for their reservation, and conversations that are over, a step along them. Two processes at once do
 * no harm.
 *
 * @returns how many rows were removed, and whether there may be more
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function pruneMessages({
  sql,
  clock,
}: Pick<Ground, 'sql' | 'clock'>): Promise<{ changed: number; isMore: boolean }> {
  const [waiting] = await sql.run<{ gone: number }>(pruneWaiting, [clock(), WAITING_SECONDS, WAITING_ROWS])
  const pruneOver = () =>
    sql.run<{ gone: number; is_full: boolean; is_held: boolean }>(pruneConversations, [clock(), PRUNE_ROWS])
  let [over] = await pruneOver()
  if (over?.is_held === false) {
    await sql.run(addCursor, [])
    ;[over] = await pruneOver()
  }
  return {
    changed: (waiting?.gone ?? 0) + (over?.gone ?? 0),
    isMore: waiting?.gone === WAITING_ROWS || over?.is_full === true,
  }
}

/** By the ids of reservations, which begin with the moment at which they were made, by the clock of that process. */
async function fillConversations(
  { sql }: Pick<Ground, 'sql'>,
  untilMs: number | null,
  { signal, sliceRows = SLICE_ROWS }: { signal?: AbortSignal; sliceRows?: number },
): Promise<number> {
  const nowMs = Date.now()
  const end = firstIdOf(nowMs + DAY_MS)
  let from = firstIdOf(untilMs === null ? FIRST_MS : untilMs - AGAIN_SECONDS * 1_000)
  let written = 0
  for (let slice = 0; slice < SLICES && !signal?.aborted; slice++) {
    const [row] = await sql.run<SliceRow>(fillSlice, [from, end, sliceRows])
    written += row?.written ?? 0
    const isLast = !row?.last || row.read < sliceRows
    await sql.run(storeFilled, [new Date(isLast ? nowMs : momentOf(row.last ?? ''))])
    if (isLast) break
    from = nextId(row.last ?? '')
  }
  return written
}

/** The moment in an id of version 7, in milliseconds. */
function momentOf(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
}

/** The smallest id above this one. */
function nextId(id: string): string {
  const hex = (BigInt(`0x${id.replaceAll('-', '')}`) + 1n).toString(16).padStart(32, '0')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
