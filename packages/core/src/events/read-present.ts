import type { Ground } from '../ground/ground.ts'
import { MOMENT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { MANAGED } from '../instance/counters-sql.ts'
import { type Instance, toInstance } from '../instance/instance.ts'
import { type InstanceFacts, rowFromFacts } from './event.ts'

/** The present state of instances, by name. `eventId` is the newest event that this reading includes; null: there was none. */
export type Present = { eventId: bigint | null; instances: readonly Instance[] }

/** One statement, so that the instances and the newest event are of one snapshot of the database. */
const presentStatement = statement(
  'present_instances',
  `with ${MOMENT}
select moment.at, moment.hour_start hour_start, moment.day_start day_start,
  (select started_at from zapfleet.health_round) last_round_at,
  (select max(id) from zapfleet.events) event_id,
  (select coalesce(json_agg(zapfleet.instance_facts(i) order by i.nome), '[]')
   from public.whatsapp_instances i where ${MANAGED} and i.nome = any($3::text[])) facts
from moment`,
)

/** Reads the present state of these instances; those that do not exist are left out. */
export async function readPresent(
  { sql, clock, timeZone }: Ground,
  names: readonly string[],
): Promise<Present> {
  const [row] = await sql.run<{
    at: Date
    hour_start: Date
    day_start: Date
    last_round_at: Date | null
    event_id: string | null
    facts: InstanceFacts[]
  }>(presentStatement, [clock(), timeZone, names])
  if (!row) throw new Error('the reading of the instances answered no row')
  const moment = {
    at: row.at,
    hourStart: row.hour_start,
    dayStart: row.day_start,
    lastRoundAt: row.last_round_at,
  }
  return {
    eventId: row.event_id === null ? null : BigInt(row.event_id),
    instances: row.facts.map((facts) => toInstance(rowFromFacts(facts), moment)),
  }
}
