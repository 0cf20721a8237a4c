import { onDatabase } from '../db/on-database.ts'
import { type Statement, statement } from '../db/statement.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { MOMENT } from '../reservation/seat-sql.ts'

/** Zeroes the counters whose window is over, with the instances locked by name as every writer does. */
function resetStatement(window: 'hora' | 'dia'): Statement {
  const start = window === 'hora' ? 'k.h' : 'k.d'
  return statement(
    `reset_${window}`,
    `with ${MOMENT},
l as materialized (
  select i.nome from public.whatsapp_instances i, k where i.janela_${window} < ${start} order by i.nome for no key update of i)
update public.whatsapp_instances w set msgs_enviadas_${window} = 0, janela_${window} = ${start}
from l, k where w.nome = l.nome and w.janela_${window} < ${start} returning w.nome`,
  )
}

const hourly = resetStatement('hora')
const daily = resetStatement('dia')

/**
 * Tidies the raw hourly counters for programs that read them without their window. Choosing and counting do not need it:
 * an older window reads as zero there.
 */
export async function resetHourlyCounters(fleet: Fleet): Promise<{ changed: number }> {
  return reset(fleet, hourly)
}

/** The same for the counters of the local day. */
export async function resetDailyCounters(fleet: Fleet): Promise<{ changed: number }> {
  return reset(fleet, daily)
}

async function reset(fleet: Fleet, resetWindow: Statement): Promise<{ changed: number }> {
  const rows = await onDatabase(() => fleet.sql.run(resetWindow, [fleet.clock(), fleet.timeZone]))
  return { changed: rows.length }
}
