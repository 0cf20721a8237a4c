import type { Ground } from './ground.ts'
import { INSTANT, MOMENT, type Moment, ROUNDS, readRounds } from './moment.ts'
import { statement } from './statement.ts'

const momentStatement = statement('moment', `with ${MOMENT} select moment.*, ${ROUNDS} from moment`)

const instantStatement = statement('instant', `with ${INSTANT} select moment.at from moment`)

/** Reads the time from the database, since the clocks of processes disagree. @throws FleetError DATABASE_UNAVAILABLE */
export async function readMoment({ sql, clock, timeZone }: Ground): Promise<Moment> {
  const [row] = await sql.run<{
    at: Date
    hour_start: Date
    day_start: Date
    rounds: Record<string, string> | null
  }>(momentStatement, [clock(), timeZone])
  if (!row) throw new Error('the statement that reads the moment returned no row')
  return {
    at: row.at,
    hourStart: row.hour_start,
    dayStart: row.day_start,
    timeZone,
    rounds: readRounds(row.rounds),
  }
}

/**
 * The instant alone, for reads through Prisma that compare rows with the present. Milliseconds.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readInstant({ sql, clock }: Pick<Ground, 'sql' | 'clock'>): Promise<Date> {
  const given = clock()
  if (given !== null) return given
  const [row] = await sql.run<{ at: Date }>(instantStatement, [null])
  if (!row) throw new Error('the statement that reads the instant returned no row')
  return row.at
}
