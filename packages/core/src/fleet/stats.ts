import type { Ground } from '../ground/ground.ts'
import { MOMENT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { COUNTERS, MANAGED } from '../instance/counters-sql.ts'
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

/** The sums of the instances that have one word as their status. */
type Sums = {
  word: string | null
  instances: number
  free: number
  ch: number
  sh: number
  rh: number
  cd: number
  sd: number
  rd: number
}

/** One row for each word that stands as a status. `free`: not paused, no duplicate, room in both windows. */
const sumsStatement = statement(
  'fleet_sums',
  `with ${MOMENT},
c as (select i.status, not i.pausada and i.duplicata_de is null is_free, ${COUNTERS} from public.whatsapp_instances i, k where ${MANAGED}),
n as (select status, is_free, ch::float8 ch, sh::float8 sh, cd::float8 cd, sd::float8 sd from c)
select status word, count(*)::float8 instances, count(*) filter (where is_free and sh < ch and sd < cd)::float8 free,
  sum(ch) ch, sum(sh) sh, sum(greatest(0, ch - sh)) rh, sum(cd) cd, sum(sd) sd, sum(greatest(0, cd - sd)) rd
from n group by 1`,
)

/** What the connected instances may send and have sent. @throws FleetError DATABASE_UNAVAILABLE */
export async function fleetStats(fleet: Ground): Promise<FleetStats> {
  const { available, ...stats } = await readFigures(fleet)
  return stats
}

/** The same, and how many instances can send now. @throws FleetError DATABASE_UNAVAILABLE */
export async function readFigures(fleet: Ground): Promise<FleetStats & { available: number }> {
  const rows = await fleet.sql.read<Sums>(sumsStatement, [fleet.clock(), fleet.timeZone])
  const sumOf = (some: readonly Sums[], column: Exclude<keyof Sums, 'word'>): number =>
    some.reduce((total, row) => total + row[column], 0)
  const of = (status: Status): Sums[] => rows.filter((row) => readStatus(row.word) === status)
  const connected = of('connected')
  const day = withUsedPercent({
    capacity: sumOf(connected, 'cd'),
    sent: sumOf(connected, 'sd'),
    remaining: sumOf(connected, 'rd'),
  })
  return {
    total: sumOf(rows, 'instances'),
    byStatus: Object.fromEntries(
      STATUSES.map((status) => [status, sumOf(of(status), 'instances')]),
    ) as Record<Status, number>,
    hour: withUsedPercent({
      capacity: sumOf(connected, 'ch'),
      sent: sumOf(connected, 'sh'),
      remaining: sumOf(connected, 'rh'),
    }),
    day,
    usedPercent: day.usedPercent,
    available: sumOf(connected, 'free'),
  }
}
