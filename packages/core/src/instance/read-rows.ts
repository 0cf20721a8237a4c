import type { Ground } from '../ground/ground.ts'
import { MOMENT, type Moment, ROUNDS, readRounds } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { COLUMNS } from './columns.ts'
import { MANAGED } from './counters-sql.ts'
import type { SeenPools } from './in-pools.ts'
import { ROW_SQL, type Row, readRow } from './row.ts'

/** Rows of managed instances, and the moment of the database's clock at which they were read. */
export type Rows = { moment: Moment; rows: Row[] }

/** What a `rowsStatement` answers. */
export type RowsAnswer = {
  at: Date
  hour_start: Date
  day_start: Date
  rounds: Record<string, string> | null
  cells: unknown[][]
}

/**
 * A statement that reads managed instances at one moment. It answers one JSON text for all rows: a tenth of the processor time of
 * one mapped object a row, which for 10,000 instances is what a call costs. $1 and $2 are those of MOMENT.
 *
 * @param which conditions, order and limit of the instances `i`
 * @param more columns to answer beside the rows, each with a comma before it
 */
export function rowsStatement(label: string, which: string, more = ''): Statement {
  return statement(
    label,
    `with ${MOMENT}
select moment.at, moment.hour_start, moment.day_start, ${ROUNDS},
  (select coalesce(json_agg(${ROW_SQL}), '[]')
   from (select i.* from public.whatsapp_instances i where ${MANAGED} ${which}) i) cells${more}
from moment`,
  )
}

/** Reads the answer of a `rowsStatement`. */
export function readRowsAnswer(answer: RowsAnswer | undefined, timeZone: string): Rows {
  if (!answer) throw new Error('the statement that reads instances returned no row')
  const { at, hour_start: hourStart, day_start: dayStart, rounds, cells } = answer
  return {
    moment: { at, hourStart, dayStart, timeZone, rounds: readRounds(rounds) },
    rows: cells.map(readRow),
  }
}

/** In SQL, whether instance `i` is in one of the pools of a parameter, or the parameter is null. */
export const isInPoolsOf = (parameter: string): string =>
  `(${parameter}::text[] is null or i.${COLUMNS.tags.column} && ${parameter}::text[])`

const allStatement = rowsStatement('instance_rows', `and ${isInPoolsOf('$4')} order by i.nome limit $3::int`)
const oneStatement = rowsStatement('instance_row', 'and i.nome = $3::text')

/**
 * Reads the managed instances by name, as the database has them now.
 *
 * @param first how many; all by default
 * @param pools only those that are in one of them; the whole fleet by default
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readRows(
  { sql, clock, timeZone }: Ground,
  { first = null, pools }: { first?: number | null; pools?: SeenPools } = {},
): Promise<Rows> {
  const [answer] = await sql.run<RowsAnswer>(allStatement, [clock(), timeZone, first, pools ?? null])
  return readRowsAnswer(answer, timeZone)
}

/** Reads one managed instance; `row` is undefined where there is none. @throws FleetError DATABASE_UNAVAILABLE */
export async function readOneRow(
  { sql, clock, timeZone }: Ground,
  name: string,
): Promise<{ moment: Moment; row: Row | undefined }> {
  const [answer] = await sql.run<RowsAnswer>(oneStatement, [clock(), timeZone, name])
  const { moment, rows } = readRowsAnswer(answer, timeZone)
  return { moment, row: rows[0] }
}
