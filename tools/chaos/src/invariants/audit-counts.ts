import type { Ledger, Send } from '../load/ledger.ts'
import type { Database } from '../site/database.ts'
import { RECORDED, TIGHT } from '../site/numbers.ts'

/** One reservation as the table holds it. */
export type ReservationRow = {
  id: string
  instance_name: string
  contact_id: string | null
  state: string
  /** The key of its send; null without one. */
  idempotency_key: string | null
  hour: string
  /** When the message goes out, in milliseconds since the epoch. */
  sent_at_ms: number
}

/** The counters of a number for today: messages, and new contacts with the contacts that have a mark of today. */
export type Counted = { nome: string; today: number; new_today: number; marked: number }

/**
 * Compares the answers that callers got with the counts: a granted send has exactly one row, a released one does not count, an
 * unknown one counts once or not at all, and there are no other rows. The callers are paused meanwhile.
 */
export async function auditCounts(database: Database, ledger: Ledger): Promise<string[]> {
  const reservations = await database.query<ReservationRow>(
    `select r.id::text, r.instance_name, r.contact_id, r.state, sent.key as idempotency_key, r.hour_window::text as hour,
       (extract(epoch from coalesce(r.not_before, r.reserved_at)) * 1000)::float8 as sent_at_ms
     from zapfleet.reservations r left join zapfleet.idempotency_keys k on k.reservation_id = r.id
     left join unnest($1::text[]) sent(key) on zapfleet.stored_key(sent.key) = k.key`,
    [ledger.sends.flatMap(({ key }) => key ?? [])],
  )
  const counted = await database.query<Counted>(
    `select nome, msgs_enviadas_dia as today, novos_enviados_dia as new_today,
       (select count(*)::int from zapfleet.conversations v where v.instance_name = nome and v.new_at > '-infinity') as marked
     from public.whatsapp_instances where removida_em is null`,
  )
  return [...compareSends(ledger.sends, reservations), ...compareCounters(ledger, reservations, counted)]
}

/** Every send against the rows, and every row against the sends. */
export function compareSends(sends: readonly Send[], reservations: readonly ReservationRow[]): string[] {
  const broken: string[] = []
  const byId = new Map(reservations.map((row) => [row.id, row]))
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
      broken.push(`lost: ${id} on ${instanceName} was granted and has no row`)
      continue
    }
    if (row.instance_name !== instanceName)
      broken.push(`${id} was granted on ${instanceName} and its row is on ${row.instance_name}`)
    if (row.contact_id !== send.contactId)
      broken.push(`${id} is for ${row.contact_id}, not ${send.contactId}`)
    const may = send.completed
      ? [send.completed]
      : send.uncertain
        ? ['reserved', send.uncertain]
        : ['reserved']
    if (!may.includes(row.state)) broken.push(`${id} is ${row.state}; its caller got ${may.join(' or ')}`)
  }
  for (const row of reservations) {
    if (accounted.has(row.id)) continue
    const name = row.idempotency_key ?? row.contact_id ?? ''
    if (openByName.delete(name)) continue
    broken.push(
      `counted beyond what callers got: ${row.id} on ${row.instance_name} for ${name}, ${row.state}`,
    )
  }
  return broken
}

/** Every counter against the rows that it should count, and the limits against the rows of each hour. */
export function compareCounters(
  { recorded }: Pick<Ledger, 'recorded'>,
  reservations: readonly ReservationRow[],
  counted: readonly Counted[],
): string[] {
  const broken: string[] = []
  const kept = reservations.filter((row) => row.state !== 'released')
  for (const { nome, today } of counted) {
    const extra = today - kept.filter((row) => row.instance_name === nome).length
    const [least, most] = nome === RECORDED ? [recorded.certain, recorded.uncertain] : [0, 0]
    if (extra < least || extra > most)
      broken.push(`${nome} counts ${extra} beyond its reservations; ${least} to ${most} were recorded`)
  }
  for (const { name, hourly, daily, newContacts, minGapMs = 0 } of TIGHT) {
    const hours = new Map<string, number>()
    const mine = kept.filter((row) => row.instance_name === name)
    for (const row of mine) hours.set(row.hour, (hours.get(row.hour) ?? 0) + 1)
    if (Math.max(0, ...hours.values()) > hourly || mine.length > daily)
      broken.push(`the limit of ${name} was exceeded: ${mine.length} sends are counted`)
    const of = counted.find((one) => one.nome === name)
    if (newContacts !== undefined && of && (of.new_today > newContacts || of.new_today !== of.marked))
      broken.push(
        `${name} counts ${of.new_today} new contacts and has marked ${of.marked}; its limit is ${newContacts}`,
      )
    const sentAt = mine.map((row) => row.sent_at_ms).sort((a, b) => a - b)
    const close = sentAt.findIndex((at, place) => place > 0 && at - (sentAt[place - 1] as number) < minGapMs)
    if (close > 0) broken.push(`two sends of ${name} are less than ${minGapMs} ms apart`)
  }
  return broken
}
