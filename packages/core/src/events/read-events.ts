import type { Numbered } from '../ground/event-ring.ts'
import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'
import { type EventRow, type InstanceEvent, toEvent } from './event.ts'

/** An event with its id as a number, and when it happened. */
export type StoredEvent = Numbered<InstanceEvent> & { at: Date }

const COLUMNS = `e.id, e.type, e.at, e.facts,
  date_trunc('hour', e.at, $1::text) hour_start, date_trunc('day', e.at, $1::text) day_start`

const afterStatement = statement(
  'events_after',
  `select ${COLUMNS} from zapfleet.events e where e.id > $2::bigint order by e.id limit $3`,
)

const lastStatement = statement(
  'events_last',
  `select l.* from (select ${COLUMNS} from zapfleet.events e order by e.id desc limit $2) l order by l.id`,
)

const handedOutStatement = statement(
  'event_ids_handed_out',
  'select case when is_called then last_value else 0 end id from zapfleet.event_ids',
)

/**
 * The events after an id, oldest first. Ids are taken under a lock that is held until the commit, so no lower id appears
 * later.
 */
export async function readEventsAfter(
  { sql, timeZone }: Ground,
  id: bigint,
  limit: number,
): Promise<StoredEvent[]> {
  return (await sql.run<EventRow>(afterStatement, [timeZone, id, limit])).map((row) => number(row, timeZone))
}

/** The newest events, oldest of them first. */
export async function readLastEvents({ sql, timeZone }: Ground, limit: number): Promise<StoredEvent[]> {
  return (await sql.run<EventRow>(lastStatement, [timeZone, limit])).map((row) => number(row, timeZone))
}

/** The highest id that was ever taken; 0 before the first. Older events may be pruned, the number stays. */
export async function readHighestId({ sql }: Ground): Promise<bigint> {
  const [row] = await sql.run<{ id: string }>(handedOutStatement, [])
  return BigInt(row?.id ?? 0)
}

function number(row: EventRow, timeZone: string): StoredEvent {
  return { id: BigInt(row.id), at: row.at, event: toEvent(row, timeZone) }
}
