import type { Ground } from '../ground/ground.ts'
import { type Instance, toInstance } from '../instance/instance.ts'
import { type RowsAnswer, readRowsAnswer, rowsStatement } from '../instance/read-rows.ts'

/** Instances as they are now, by name. `eventId`: the newest event that this statement could see; null: there was none. */
export type Present = { eventId: bigint | null; instances: readonly Instance[] }

/** One statement, so that the instances and the newest event are of one snapshot of the database. */
const presentStatement = rowsStatement(
  'present_instances',
  'and i.nome = any($3::text[]) order by i.nome',
  ', (select max(id) from zapfleet.events) event_id',
)

/** Reads these instances now; removed ones are missing. @throws FleetError DATABASE_UNAVAILABLE */
export async function readPresent(
  { sql, clock, timeZone }: Ground,
  names: readonly string[],
): Promise<Present> {
  const [answer] = await sql.run<RowsAnswer & { event_id: string | null }>(presentStatement, [
    clock(),
    timeZone,
    names,
  ])
  const { moment, rows } = readRowsAnswer(answer, timeZone)
  const eventId = answer?.event_id ?? null
  return {
    eventId: eventId === null ? null : BigInt(eventId),
    instances: rows.map((row) => toInstance(row, moment)),
  }
}
