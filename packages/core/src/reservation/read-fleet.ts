import type { Ground } from '../ground/ground.ts'
import { MOMENT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { COUNTERS, IS_DUPLICATE, MANAGED, PRIORITY, RESTRAINTS, TAGS } from '../instance/counters-sql.ts'
import type { CandidateReading } from '../selection/pool.ts'
import { readSeat, type SeatRow } from './seat.ts'

/** The fleet at one moment of the database's clock. */
export type FleetReading = {
  atMs: number
  nextHourMs: number
  nextDayMs: number
  candidates: CandidateReading[]
}

/** Where a clock falls back over midnight, midnight comes twice: the first begins the day. */
const readStatement = statement(
  'read_fleet',
  `with ${MOMENT}
select moment.at, moment.hour_start + interval '1 hour' next_hour,
  case when date_trunc('day', n.next_day - interval '1 hour', $2::text) > moment.day_start then n.next_day - interval '1 hour' else n.next_day end next_day,
  (select coalesce(json_agg(json_build_array(c.nome, c.status, c.pausada, c.hourly_capacity, c.daily_capacity, c.sent_this_hour, c.sent_today, c.priority, c.last_sent_ms, c.is_duplicate, c.restraints, c.tags, c.servidor)), '[]') from (
     select i.nome, i.status, i.pausada, ${COUNTERS}, ${PRIORITY} priority,
       coalesce(extract(epoch from i.ultima_msg_at) * 1000, 0) last_sent_ms, ${IS_DUPLICATE} is_duplicate, ${RESTRAINTS} restraints, ${TAGS} tags, i.servidor
     from public.whatsapp_instances i where ${MANAGED} and ($3::text[] is null or i.nome = any($3::text[]))) c) seats
from moment, lateral (
  select (date_trunc('day', moment.at at time zone $2::text) + interval '1 day') at time zone $2::text next_day) n`,
)

/** Reads the whole fleet, or these names of it. */
export async function readFleet(
  { sql, clock, timeZone }: Pick<Ground, 'sql' | 'clock' | 'timeZone'>,
  names: string[] | null = null,
): Promise<FleetReading> {
  const [row] = await sql.runCount<{ at: Date; next_hour: Date; next_day: Date; seats: SeatRow[] }>(
    readStatement,
    [clock(), timeZone, names],
  )
  if (!row) throw new Error('the reading of the fleet answered no row')
  return {
    atMs: row.at.getTime(),
    nextHourMs: row.next_hour.getTime(),
    nextDayMs: row.next_day.getTime(),
    candidates: row.seats.map((seat) => readSeat(seat, timeZone)),
  }
}
