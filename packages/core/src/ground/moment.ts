/** One moment of the fleet: the instant, and the starts of the hour and the local day that contain it. */
export type Moment = {
  at: Date
  hourStart: Date
  dayStart: Date
  /** The fleet's. */
  timeZone: string
  /** When the last full health round of each server started to read its instances, by the name of the server. */
  rounds: Rounds
}

/** Moments of health rounds by server. */
export type Rounds = ReadonlyMap<string, Date>

/** The moments of all servers in SQL, for `readRounds`. */
export const ROUNDS = '(select json_object_agg(r.server, r.started_at) from zapfleet.server_rounds r) rounds'

/** Reads the result of ROUNDS. */
export function readRounds(found: Readonly<Record<string, string>> | null): Rounds {
  return new Map(Object.entries(found ?? {}).map(([server, at]) => [server, new Date(at)]))
}

/** When any server was last read; null: never. */
export function lastRoundOf({ rounds }: Moment): Date | null {
  let last: Date | null = null
  for (const at of rounds.values()) if (last === null || at > last) last = at
  return last
}

/**
 * The moment in SQL: `$1` is the instant that a test passes, null means the database's own clock, since the clocks of
 * processes disagree; `$2` is the fleet's time zone. Windows start where `date_trunc` puts them, also on 23- and
 * 25-hour days.
 */
export const MOMENT = `moment as materialized (
  select m.at, date_trunc('hour', m.at, $2::text) hour_start, date_trunc('day', m.at, $2::text) day_start
  from (select coalesce($1::timestamptz, clock_timestamp()) at) m)`

/** An instant of SQL in milliseconds since the epoch, or an interval in milliseconds. */
export const epochMs = (instant: string): string => `(extract(epoch from ${instant}) * 1000)::float8`

/** The instant of the moment alone, where no window is needed; `$1` as above. */
export const INSTANT = 'moment as materialized (select coalesce($1::timestamptz, clock_timestamp()) at)'

/** The smallest id of version 7 that is made at this moment, in SQL. */
export const idAt = (moment: string): string =>
  `(lpad(to_hex(floor(extract(epoch from ${moment}) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid`
