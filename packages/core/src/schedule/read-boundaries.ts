import type { Ground } from '../ground/ground.ts'
import { epochMs, MOMENT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'

/** Now, and the first instants of the next hour and the next local day. */
export type Boundaries = { at: Date; nextHour: Date; nextDay: Date }

/**
 * Finds the first quarter of an hour in another window: every offset from UTC in use is a multiple of one, so this is right
 * in any zone and on days of 23 and 25 hours, where adding an hour or a day to a local time is not. A day lasts 25 hours at
 * most; 27 are searched.
 */
const boundariesStatement = statement(
  'boundaries',
  `with ${MOMENT},
quarters as (
  select to_timestamp((floor(extract(epoch from moment.at) / 900) + n) * 900) start from moment, generate_series(1, 108) n)
select ${epochMs('moment.at')} "at",
  (select ${epochMs('min(quarters.start)')} from quarters where date_trunc('hour', quarters.start, $2::text) > moment.hour_start) next_hour,
  (select ${epochMs('min(quarters.start)')} from quarters where date_trunc('day', quarters.start, $2::text) > moment.day_start) next_day
from moment`,
)

/** Reads the database's time and when the windows of the counters end. @throws FleetError DATABASE_UNAVAILABLE */
export async function readBoundaries(fleet: Ground): Promise<Boundaries> {
  const [row] = await fleet.sql.readTogether<{ at: number; next_hour: number; next_day: number }>(
    boundariesStatement,
    [fleet.clock(), fleet.timeZone],
  )
  if (!row) throw new Error('the statement that reads the boundaries returned no row')
  return { at: new Date(row.at), nextHour: new Date(row.next_hour), nextDay: new Date(row.next_day) }
}
