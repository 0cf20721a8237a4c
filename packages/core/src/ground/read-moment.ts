import type { Ground } from './ground.ts'
import { MOMENT, type Moment } from './moment.ts'
import { statement } from './statement.ts'

const momentStatement = statement(
  'moment',
  `with ${MOMENT} select moment.*, (select started_at from zapfleet.health_round) as last_round_at from moment`,
)

/** Reads the time from the database, since the clocks of processes disagree. @throws FleetError DATABASE_UNAVAILABLE */
export async function readMoment({ sql, clock, timeZone }: Ground): Promise<Moment> {
  const [row] = await sql.run<{
    at: Date
    hour_start: Date
    day_start: Date
    last_round_at: Date | null
  }>(momentStatement, [clock(), timeZone])
  if (!row) throw new Error('the statement that reads the moment returned no row')
  return { at: row.at, hourStart: row.hour_start, dayStart: row.day_start, lastRoundAt: row.last_round_at }
}
