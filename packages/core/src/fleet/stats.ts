import type { Ground } from '../ground/ground.ts'
import { MOMENT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { COUNTERS, IS_FREE, MANAGED } from '../instance/counters-sql.ts'
import { readStatus, STATUSES, type Status } from '../instance/status.ts'
import { type WindowStats, withUsedPercent } from './window-stats.ts'

export type FleetStats = {
  total: number
  byStatus: Record<Status, number>
  hour: WindowStats
  day: WindowStats
  /** That of the day. */
  usedPercent: number
}

/** The sums of the instances with one stored status. */
type Sums = {
  word: string | null
  instances: number
  free: number
  hourly_capacity: number
  sent_this_hour: number
  left_this_hour: number
  daily_capacity: number
  sent_today: number
  left_today: number
}

/** One row for each stored status. `free`: not paused, no duplicate, room in both windows. */
const sumsStatement = statement(
  'fleet_sums',
  `with ${MOMENT},
counted as (select i.status, ${IS_FREE} is_free, ${COUNTERS} from public.whatsapp_instances i, moment where ${MANAGED}),
numbers as (
  select status, is_free, hourly_capacity::float8 hourly_capacity, sent_this_hour::float8 sent_this_hour,
    daily_capacity::float8 daily_capacity, sent_today::float8 sent_today
  from counted)
select status word, count(*)::float8 instances, count(*) filter (where is_free and sent_this_hour < hourly_capacity and sent_today < daily_capacity)::float8 free,
  sum(hourly_capacity) hourly_capacity, sum(sent_this_hour) sent_this_hour, sum(greatest(0, hourly_capacity - sent_this_hour)) left_this_hour,
  sum(daily_capacity) daily_capacity, sum(sent_today) sent_today, sum(greatest(0, daily_capacity - sent_today)) left_today
from numbers group by 1`,
)

/** What the connected instances may send and have sent. @throws FleetError DATABASE_UNAVAILABLE */
export async function fleetStats(fleet: Ground): Promise<FleetStats> {
  const { available, ...stats } = await readFigures(fleet)
  return stats
}

/** The same, and how many instances can send now. @throws FleetError DATABASE_UNAVAILABLE */
export async function readFigures(fleet: Ground): Promise<FleetStats & { available: number }> {
  const rows = await fleet.sql.run<Sums>(sumsStatement, [fleet.clock(), fleet.timeZone])
  const sumOf = (some: readonly Sums[], column: Exclude<keyof Sums, 'word'>): number =>
    some.reduce((total, row) => total + row[column], 0)
  const of = (status: Status): Sums[] => rows.filter((row) => readStatus(row.word) === status)
  const connected = of('connected')
  const day = withUsedPercent({
    capacity: sumOf(connected, 'daily_capacity'),
    sent: sumOf(connected, 'sent_today'),
    remaining: sumOf(connected, 'left_today'),
  })
  return {
    total: sumOf(rows, 'instances'),
    byStatus: Object.fromEntries(
      STATUSES.map((status) => [status, sumOf(of(status), 'instances')]),
    ) as Record<Status, number>,
    hour: withUsedPercent({
      capacity: sumOf(connected, 'hourly_capacity'),
      sent: sumOf(connected, 'sent_this_hour'),
      remaining: sumOf(connected, 'left_this_hour'),
    }),
    day,
    usedPercent: day.usedPercent,
    available: sumOf(connected, 'free'),
  }
}
