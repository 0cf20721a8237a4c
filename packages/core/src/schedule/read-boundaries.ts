import type { Ground } from '../ground/ground.ts'
import { MOMENT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'

/** Now, and the first instants of the next hour and the next local day. */
export type Boundaries = { at: Date; nextHour: Date; nextDay: Date }

/**
 * Looks for the first quarter of an hour that lies in another window: every offset from UTC in use is a multiple of one,
 * so this is right in any zone and on days of 23 and 25 hours, where adding an hour or a day to a local time is not.
 * A day lasts 25 hours at most; 27 are looked through.
 */
const boundariesStatement = statement(
  'boundaries',
  `with ${MOMENT},
q as (
  select to_timestamp((floor(extract(epoch from k.at) / 900) + n) * 900) t from k, generate_series(1, 108) n)
select k.at,
  (select min(q.t) from q where date_trunc('hour', q.t, $2::text) > k.h) next_hour,
  (select min(q.t) from q where date_trunc('day', q.t, $2::text) > k.d) next_day
from k`,
)

/** Asks the database for its time and for when the windows of the counters end. @throws FleetError DATABASE_UNAVAILABLE */
export async function readBoundaries(fleet: Ground): Promise<Boundaries> {
  const [row] = await fleet.sql.run<{ at: Date; next_hour: Date; next_day: Date }>(boundariesStatement, [
    fleet.clock(),
    fleet.timeZone,
  ])
  if (!row) throw new Error('the database did not say the time')
  return { at: row.at, nextHour: row.next_hour, nextDay: row.next_day }
}
