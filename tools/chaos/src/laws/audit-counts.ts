import type { Ledger, Send } from '../load/ledger.ts'
import type { Database } from '../site/database.ts'
import { RECORDED, TIGHT } from '../site/numbers.ts'

/** One reservation as the table holds it. */
export type Standing = {
  id: string
  instance_name: string
  contact_id: string | null
  state: string
  idempotency_key: string | null
  hour: string
}

/** What a number's counter says of today. */
export type Counted = { nome: string; today: number }

/**
 * Compares what callers were told with what is counted: a granted send stands exactly once, a released one does not count,
 * an unknown one counts once or not at all, and nobody else's is there. The callers rest meanwhile.
 */
export async function auditCounts(database: Database, ledger: Ledger): Promise<string[]> {
  const standing = await database.ask<Standing>(
    `select id::text, instance_name, contact_id, state, idempotency_key, hour_window::text as hour from zapfleet.reservations`,
  )
  const counted = await database.ask<Counted>(
    'select nome, msgs_enviadas_dia as today from public.whatsapp_instances where removida_em is null',
  )
  return [...compareSends(ledger.sends, standing), ...compareCounters(ledger, standing, counted)]
}

/** Every send against the rows, and every row against the sends. */
export function compareSends(sends: readonly Send[], standing: readonly Standing[]): string[] {
  const broken: string[] = []
  const byId = new Map(standing.map((row) => [row.id, row]))
  const accounted = new Set<string>()
  const openByName = new Map<string, Send>()
  for (const send of sends) {
    if (!send.granted) {
      if (send.open) openByName.set(send.key ?? send.contactId, send)
      continue
    }
    const { id, instanceName } = send.granted
    const row = byId.get(id)
    if (accounted.has(id)) broken.push(`reservation ${id} was given to two senders`)
    accounted.add(id)
    if (!row) {
      broken.push(`lost: ${id} on ${instanceName} was granted and does not stand`)
      continue
    }
    if (row.instance_name !== instanceName)
      broken.push(`${id} was granted on ${instanceName} and stands on ${row.instance_name}`)
    if (row.contact_id !== send.contactId)
      broken.push(`${id} stands for ${row.contact_id}, not ${send.contactId}`)
    const may = send.settled ? [send.settled] : send.perhaps ? ['reserved', send.perhaps] : ['reserved']
    if (!may.includes(row.state))
      broken.push(`${id} is ${row.state}; its caller was told ${may.join(' or ')}`)
  }
  for (const row of standing) {
    if (accounted.has(row.id)) continue
    const name = row.idempotency_key ?? row.contact_id ?? ''
    if (openByName.delete(name)) continue
    broken.push(
      `counted beyond what callers were told: ${row.id} on ${row.instance_name} for ${name}, ${row.state}`,
    )
  }
  return broken
}

/** Every counter against the rows that it should count, and the limits against the rows of each hour. */
export function compareCounters(
  { recorded }: Pick<Ledger, 'recorded'>,
  standing: readonly Standing[],
  counted: readonly Counted[],
): string[] {
  const broken: string[] = []
  const kept = standing.filter((row) => row.state !== 'released')
  for (const { nome, today } of counted) {
    const extra = today - kept.filter((row) => row.instance_name === nome).length
    const [least, most] = nome === RECORDED ? [recorded.surely, recorded.perhaps] : [0, 0]
    if (extra < least || extra > most)
      broken.push(`${nome} counts ${extra} beyond its reservations; ${least} to ${most} were recorded`)
  }
  for (const { name, hourly, daily } of TIGHT) {
    const hours = new Map<string, number>()
    const mine = kept.filter((row) => row.instance_name === name)
    for (const row of mine) hours.set(row.hour, (hours.get(row.hour) ?? 0) + 1)
    if (Math.max(0, ...hours.values()) > hourly || mine.length > daily)
      broken.push(`the limit of ${name} was exceeded: ${mine.length} sends stand`)
  }
  return broken
}
