import type { Fleet } from '../fleet/fleet.ts'
import { MOMENT } from '../reservation/seat.ts'
import { statement } from './statement.ts'

/** One moment of the fleet: the instant, and the starts of the hour and the local day it lies in. */
export type Moment = {
  at: Date
  hourStart: Date
  dayStart: Date
  /** When the last full health round started to read the fleet; null before the first. */
  lastRoundAt: Date | null
}

const momentStatement = statement(
  'moment',
  `with ${MOMENT} select k.at, k.h as hour_start, k.d as day_start, (select started_at from zapfleet.health_round) as last_round_at from k`,
)

/** Asks the database for the time, since the clocks of processes disagree. */
export async function readMoment(fleet: Pick<Fleet, 'sql' | 'clock' | 'timeZone'>): Promise<Moment> {
  const [row] = await fleet.sql.run<{
    at: Date
    hour_start: Date
    day_start: Date
    last_round_at: Date | null
  }>(momentStatement, [fleet.clock(), fleet.timeZone])
  if (!row) throw new Error('the database did not say the time')
  return { at: row.at, hourStart: row.hour_start, dayStart: row.day_start, lastRoundAt: row.last_round_at }
}
