import { setTimeout as rest } from 'node:timers/promises'
import { stretch } from '../laws/stretch.ts'
import { callApi } from '../load/call-api.ts'
import type { Granted } from '../load/ledger.ts'
import { RECORDED } from '../site/numbers.ts'
import { ADMIN_KEY, BOT_KEY, type Site } from '../site/open-site.ts'
import { evolutionFails } from './evolution.ts'
import type { Fault } from './fault.ts'
import { postgresStopped } from './postgres.ts'
import { schedulerKilled } from './processes.ts'

/** One of the numbers with room, so that its people can be served by another. */
const DROPPED = 'wide-1'
const PERSON = 'person-of-wide-1'

/**
 * A number loses its line while something else is broken. Once that is over it must be seen as soon as everything else is
 * right again, and the people of that number go on with another; then its line comes back, which the recovery waits for.
 */
function whileANumberDrops(fault: Fault, name: string, words: string): Fault {
  return {
    ...fault,
    name,
    words,
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
      const withinMs = Math.round(fault.recoversWithinMs * stretch())
      const seen = await isSeen(site, endedMs + withinMs)
      const tookMs = Date.now() - endedMs
      if (!seen) broken.push(`${DROPPED} still counts as connected ${tookMs} ms after the end`)
      const sent = await callApi(site.address(), BOT_KEY, 'reservation.reserve', {
        contactId: PERSON,
        exclude: [RECORDED],
      })
      ledger.tell(ledger.open(null, PERSON), 'reserve', sent)
      if (sent.kind !== 'answer' || (sent.data as Granted).instanceName === DROPPED)
        broken.push(`somebody whose number dropped was answered ${JSON.stringify(sent)}`)
      site.simulator.control.recover(DROPPED)
      const note = `seen ${(tookMs / 1_000).toFixed(1)} s after the end`
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
      .ask<{ status: string }>(`select status from public.whatsapp_instances where nome = '${DROPPED}'`)
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
