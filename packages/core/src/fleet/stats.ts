import type { Ground } from '../ground/ground.ts'
import { MOMENT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { COLUMNS } from '../instance/columns.ts'
import {
  COUNTERS,
  IS_DRAINING,
  IS_FREE,
  IS_OPEN,
  IS_RESTRICTED,
  MANAGED,
  NEW_TODAY,
} from '../instance/counters-sql.ts'
import type { SeenPools } from '../instance/in-pools.ts'
import { isInPoolsOf } from '../instance/read-rows.ts'
import { readStatus, STATUSES, type Status } from '../instance/status.ts'
import { type WindowStats, withUsedPercent } from './window-stats.ts'

/** New contacts of the present day. */
export type NewContactStats = {
  /** The sum of the daily limits for new contacts. */
  perDay: number
  /** Counted by the numbers that have such a limit. */
  sentToday: number
  /** What each of them has left of its limit, and not more than it has left of its messages. */
  remainingToday: number
  /** How many have no daily limit for new contacts. */
  unlimited: number
}

export type FleetStats = {
  total: number
  byStatus: Record<Status, number>
  hour: WindowStats
  day: WindowStats
  /** Of connected numbers that take new contacts: free, not restricted, not draining. */
  newContacts: NewContactStats
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
  new_per_day: number
  new_today: number
  new_left: number
  new_unlimited: number
}

const { newContactsPerDay, minGapMs, lastSentAt } = COLUMNS

/** Its last message is as old as the gap between two. */
const IS_RESTED = `(i.${minGapMs.column} = 0 or coalesce(i.${lastSentAt.column} <= moment.at - i.${minGapMs.column} * interval '1 millisecond', true))`

/** It serves contacts who do not know it, while it is connected. */
const TAKES_NEW = `(${IS_FREE} and not ${IS_RESTRICTED} and not ${IS_DRAINING})`

/** One row for each stored status. `free`: it can send now where it is connected, as `available` of an instance. $3 pools, or null for the whole fleet. */
const sumsStatement = statement(
  'fleet_sums',
  `with ${MOMENT},
counted as (
  select i.status, (${IS_FREE} and ${IS_OPEN} and ${IS_RESTED}) is_free, ${TAKES_NEW} takes_new, i.${newContactsPerDay.column} new_per_day, ${NEW_TODAY} new_today,
    ${COUNTERS}
  from public.whatsapp_instances i, moment where ${MANAGED} and ${isInPoolsOf('$3')}),
numbers as (
  select status, is_free, takes_new, new_per_day::float8 new_per_day, new_today::float8 new_today, hourly_capacity::float8 hourly_capacity, sent_this_hour::float8 sent_this_hour,
    daily_capacity::float8 daily_capacity, sent_today::float8 sent_today
  from counted)
select status word, count(*)::float8 instances, count(*) filter (where is_free and sent_this_hour < hourly_capacity and sent_today < daily_capacity)::float8 free,
  sum(hourly_capacity) hourly_capacity, sum(sent_this_hour) sent_this_hour, sum(greatest(0, hourly_capacity - sent_this_hour)) left_this_hour,
  sum(daily_capacity) daily_capacity, sum(sent_today) sent_today, sum(greatest(0, daily_capacity - sent_today)) left_today,
  coalesce(sum(new_per_day) filter (where takes_new), 0) new_per_day,
  coalesce(sum(new_today) filter (where takes_new and new_per_day is not null), 0) new_today,
  coalesce(sum(greatest(0, least(new_per_day - new_today, daily_capacity - sent_today))) filter (where takes_new and new_per_day is not null), 0) new_left,
  count(*) filter (where takes_new and new_per_day is null)::float8 new_unlimited
from numbers group by 1`,
)

/** What the connected instances, of all pools or of these, may send and have sent. @throws FleetError DATABASE_UNAVAILABLE */
export async function fleetStats(fleet: Ground, pools?: SeenPools): Promise<FleetStats> {
  const { available, ...stats } = await readFigures(fleet, pools)
  return stats
}

/** The same, and how many instances can send now. @throws FleetError DATABASE_UNAVAILABLE */
export async function readFigures(
  fleet: Ground,
  pools?: SeenPools,
): Promise<FleetStats & { available: number }> {
  const rows = await fleet.sql.run<Sums>(sumsStatement, [fleet.clock(), fleet.timeZone, pools ?? null])
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
    newContacts: {
      perDay: sumOf(connected, 'new_per_day'),
      sentToday: sumOf(connected, 'new_today'),
      remainingToday: sumOf(connected, 'new_left'),
      unlimited: sumOf(connected, 'new_unlimited'),
    },
    usedPercent: day.usedPercent,
    available: sumOf(connected, 'free'),
  }
}
