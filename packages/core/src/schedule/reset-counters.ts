import type { Ground } from '../ground/ground.ts'
import { MOMENT } from '../ground/moment.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { COLUMNS, type CounterField } from '../instance/columns.ts'
import { advanceRamps } from './advance-ramps.ts'

/**
 * Zeroes the counters whose window is over, with the instances locked by name as every writer does.
 *
 * A send is never undone: the lock waits for a claim in progress and then reads its row again, and a row whose window is
 * this one or a later one is not changed. Counters of zero move into the new window too: a program that adds to the raw
 * column uses no windows, and what it adds must count in this one.
 */
function resetStatement(counter: CounterField): Statement {
  const { column, window } = COLUMNS[counter]
  const start = COLUMNS[window].column
  const present = window === 'hourWindow' ? 'moment.hour_start' : 'moment.day_start'
  return statement(
    `reset_${window === 'hourWindow' ? 'hour' : 'day'}`,
    `with ${MOMENT},
locked as materialized (
  select i.nome from public.whatsapp_instances i, moment where i.${start} < ${present} order by i.nome for no key update of i)
update public.whatsapp_instances w set ${column} = 0, ${start} = ${present}
from locked, moment where w.nome = locked.nome and w.${start} < ${present} returning w.nome`,
  )
}

const hourly = resetStatement('sentThisHour')
const daily = resetStatement('sentToday')

/**
 * Tidies the raw hourly counters for programs that read them without their window. Choosing and counting do not need it:
 * an older window reads as zero there. Running it twice changes nothing more.
 *
 * @returns how many instances entered the present hour
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function resetHourlyCounters(fleet: Ground): Promise<{ changed: number }> {
  return reset(fleet, hourly)
}

/**
 * The same for the counters of the local day, and the ramps of daily limits enter the present day (`advance-ramps.ts`).
 *
 * @returns how many instances entered the present day, and how many ramps
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function resetDailyCounters(fleet: Ground): Promise<{ changed: number }> {
  const counters = await reset(fleet, daily)
  const ramps = await advanceRamps(fleet)
  return { changed: counters.changed + ramps.changed }
}

async function reset(fleet: Ground, resetWindow: Statement): Promise<{ changed: number }> {
  const rows = await repeatUndone(() => fleet.sql.run(resetWindow, [fleet.clock(), fleet.timeZone]))
  return { changed: rows.length }
}
