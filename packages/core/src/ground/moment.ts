/** One moment of the fleet: the instant, and the starts of the hour and the local day that contain it. */
export type Moment = {
  at: Date
  hourStart: Date
  dayStart: Date
  /** The fleet's. */
  timeZone: string
  /** When the last full health round started to read the fleet; null before the first. */
  lastRoundAt: Date | null
}

/**
 * The moment in SQL: `$1` is the instant that a test passes, null means the database's own clock, since the clocks of
 * processes disagree; `$2` is the fleet's time zone. Windows start where `date_trunc` puts them, also on 23- and
 * 25-hour days.
 */
export const MOMENT = `moment as materialized (
  select m.at, date_trunc('hour', m.at, $2::text) hour_start, date_trunc('day', m.at, $2::text) day_start
  from (select coalesce($1::timestamptz, clock_timestamp()) at) m)`

/** The instant of the moment alone, where no window is needed; `$1` as above. */
export const INSTANT = 'moment as materialized (select coalesce($1::timestamptz, clock_timestamp()) at)'
