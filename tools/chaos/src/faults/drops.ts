import { setTimeout as rest } from 'node:timers/promises'
import { loadFactor } from '../invariants/load-factor.ts'
import { callApi } from '../load/call-api.ts'
import type { Granted } from '../load/ledger.ts'
import { RECORDED } from '../site/numbers.ts'
import { ADMIN_KEY, BOT_KEY, type Site } from '../site/open-site.ts'
import { evolutionFails } from './evolution.ts'
import type { Fault } from './fault.ts'
import { postgresStopped } from './postgres.ts'
import { schedulerKilled } from './processes.ts'

/** One of the numbers with room, so that its contacts can be served by another. */
const DROPPED = 'wide-1'
const PERSON = 'person-of-wide-1'

/**
 * Drops the connection of a number while something else is broken. After the fault, the drop must be recorded as soon as
 * everything else is right again, and the contacts of that number continue with another. Then the connection returns, and the
 * recovery waits for that.
 */
function whileANumberDrops(fault: Fault, name: string, title: string): Fault {
  return {
    ...fault,
    name,
    title,
    short: false,
    async strike(stage) {
      const { site, ledger } = stage
      const broken: string[] = []
      const before = await callApi(site.address(), ADMIN_KEY, 'contact.setPreference', {
        id: PERSON,
        instanceName: DROPPED,
      })
      if (before.kind !== 'answer') broken.push(`a preference could not be set: ${JSON.stringify(before)}`)
      site.simulator.control.drop(DROPPED)
      const strike = await fault.strike(stage)
      const endedMs = Date.now()
      const withinMs = Math.round(fault.recoversWithinMs * loadFactor())
      const seen = await isSeen(site, endedMs + withinMs)
      const tookMs = Date.now() - endedMs
      if (!seen) broken.push(`${DROPPED} still counts as connected ${tookMs} ms after the end`)
      const sent = await callApi(site.address(), BOT_KEY, 'reservation.reserve', {
        contactId: PERSON,
        exclude: [RECORDED],
      })
      ledger.add(ledger.open(null, PERSON), 'reserve', sent)
      if (sent.kind !== 'answer' || (sent.data as Granted).instanceName === DROPPED)
        broken.push(`a contact of the dropped number was answered ${JSON.stringify(sent)}`)
      site.simulator.control.recover(DROPPED)
      const note = `recorded ${(tookMs / 1_000).toFixed(1)} s after the end`
      return {
        broken: [...broken, ...(strike?.broken ?? [])],
        note: strike?.note ? `${note}; ${strike.note}` : note,
      }
    },
  }
}

async function isSeen(site: Site, untilMs: number): Promise<boolean> {
  while (Date.now() < untilMs) {
    const rows = await site.database
      .query<{ status: string }>(`select status from public.whatsapp_instances where nome = '${DROPPED}'`)
      .catch(() => [])
    if (rows[0] && rows[0].status !== 'connected' && rows[0].status !== 'unknown') return true
    await rest(50)
  }
  return false
}

export const dropWithoutDatabase = whileANumberDrops(
  postgresStopped,
  'drop-without-database',
  'a number drops while PostgreSQL is away',
)
export const dropWithoutEvolution = whileANumberDrops(
  evolutionFails,
  'drop-without-evolution',
  'a number drops while Evolution answers 500',
)
export const dropWithoutLeader = whileANumberDrops(
  schedulerKilled,
  'drop-without-leader',
  'a number drops while no scheduler leads',
)
