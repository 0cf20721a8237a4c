import type { Ground } from '../ground/ground.ts'
import { MOMENT } from '../ground/moment.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { statement } from '../ground/statement.ts'
import { type Acquaintance, NO_ACQUAINTANCE } from '../selection/recipient.ts'

/**
 * How well a number and a contact know each other. `reply`: the contact wrote to this number within 24 hours. `known`: the
 * number sent to it, or received from it, within 30 days. `new`: neither.
 */
export const KINDS = ['reply', 'known', 'new'] as const

export type Kind = (typeof KINDS)[number]

/** A message of a contact opens the reply window for so long. */
export const REPLY_WITHIN = `interval '24 hours'`
const KNOWN_WITHIN = `interval '30 days'`

/** The kind that conversation `v` gives, in SQL; `moment` is the moment. */
const KIND_OF_CONVERSATION = `case when v.last_inbound_at > moment.at - ${REPLY_WITHIN} then 'reply'
    when greatest(v.last_inbound_at, v.last_sent_at) > moment.at - ${KNOWN_WITHIN} then 'known' else 'new' end`

/** The kind of a message to the contact from the instance, in SQL; `moment` is the moment. */
export function kindSql(contact: string, instance: string): string {
  return `coalesce((select ${KIND_OF_CONVERSATION}
    from zapfleet.conversations v where v.contact_id = ${contact} and v.instance_name = ${instance}), 'new')`
}

/** The kinds of messages to the contact by instance, of at most `most` conversations, in SQL: an object of JSON; null where it has none. */
export function kindsSql(contact: string, most: number): string {
  return `(select json_object_agg(k.instance_name, k.kind) from (select v.instance_name, ${KIND_OF_CONVERSATION} kind
    from zapfleet.conversations v where v.contact_id = ${contact} limit ${most}) k)`
}

/** Whether conversation `v` was counted as one with a new contact, this was given back, and the contact is still new; in SQL. */
const isOwedSql = (v: string, at: string): string =>
  `coalesce(${v}.new_at = '-infinity' and coalesce(greatest(${v}.last_inbound_at, ${v}.last_sent_at) <= ${at} - ${KNOWN_WITHIN}, true), false)`

/** The same for the conversation of a contact and an instance, at a moment. */
export function owesSql(contact: string, instance: string, at: string): string {
  return `coalesce((select ${isOwedSql('v', at)} from zapfleet.conversations v where v.contact_id = ${contact} and v.instance_name = ${instance}), false)`
}

const acquaintanceStatement = statement(
  'read_acquaintance',
  `with ${MOMENT}
select v.contact_id contact, v.instance_name instance, case when v.last_inbound_at > moment.at - ${REPLY_WITHIN} then extract(epoch from v.last_inbound_at + ${REPLY_WITHIN})::float8 * 1000 end replies_until,
  coalesce(greatest(v.last_inbound_at, v.last_sent_at) > moment.at - ${KNOWN_WITHIN}, false) known, coalesce(v.new_at >= moment.day_start, false) counted,
  ${isOwedSql('v', 'moment.at')} owed
from zapfleet.conversations v, moment where v.contact_id = any($3::text[]) and v.instance_name = any($4::text[])`,
)

type AcquaintanceRow = {
  contact: string
  instance: string
  replies_until: number | null
  known: boolean
  counted: boolean
  owed: boolean
}

type ReadAcquaintance = {
  knownBy: Set<string>
  repliesTo: Map<string, number>
  countedBy: Set<string>
  owedBy: Set<string>
}

/**
 * Reads which of these instances are acquainted with which of these contacts; a contact that none is has no entry. Sends no statement without
 * instances or contacts.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readAcquaintances(
  { sql, clock, timeZone }: Pick<Ground, 'sql' | 'clock' | 'timeZone'>,
  contacts: readonly string[],
  instances: ReadonlySet<string>,
): Promise<ReadonlyMap<string, Acquaintance>> {
  if (contacts.length === 0 || instances.size === 0) return new Map()
  const rows = await sql.runCount<AcquaintanceRow>(acquaintanceStatement, [
    clock(),
    timeZone,
    contacts,
    [...instances],
  ])
  const found = new Map<string, ReadAcquaintance>()
  for (const { contact, instance, replies_until: until, known, counted, owed } of rows) {
    const one: ReadAcquaintance = found.get(contact) ?? {
      knownBy: new Set(),
      repliesTo: new Map(),
      countedBy: new Set(),
      owedBy: new Set(),
    }
    found.set(contact, one)
    if (until !== null) one.repliesTo.set(instance, until)
    if (known) one.knownBy.add(instance)
    if (counted) one.countedBy.add(instance)
    if (owed) one.owedBy.add(instance)
  }
  return found
}

/** The same for one contact; null: for none. @throws FleetError DATABASE_UNAVAILABLE */
export async function readAcquaintance(
  fleet: Pick<Ground, 'sql' | 'clock' | 'timeZone'>,
  contact: string | null,
  instances: ReadonlySet<string>,
): Promise<Acquaintance> {
  if (contact === null) return NO_ACQUAINTANCE
  return (await readAcquaintances(fleet, [contact], instances)).get(contact) ?? NO_ACQUAINTANCE
}

const owedStatement = statement(
  'store_owed_contact',
  `insert into zapfleet.conversations as v (contact_id, instance_name, new_at) values ($1::text, $2::text, '-infinity')
on conflict (contact_id, instance_name) do update set new_at = excluded.new_at where v.new_at is null`,
)

/**
 * Stores that a new contact got this number without a message: its first one takes room for new contacts, although the number is its own.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function storeOwed(
  { sql }: Pick<Ground, 'sql'>,
  contact: string,
  instance: string,
): Promise<void> {
  await sql.runCount(owedStatement, [contact, instance])
}

/** Conversations that one statement reads. */
const FORGET_ROWS = 20_000

/**
 * One step along the conversations: of the next $5 rows after the contact $3 and the instance $4, those of the instance $2 make the number
 * and the contact new to each other. What the number counted today stays counted; the first message to another contact takes room for new
 * contacts, also from its own number. $1 the moment, $6 the time zone. `last` is null at the end.
 */
const forgetStatement = statement(
  'forget_acquaintances',
  `with moment as materialized (select date_trunc('day', coalesce($1::timestamptz, clock_timestamp()), $6::text) day_start),
page as materialized (
  select v.contact_id, v.instance_name from zapfleet.conversations v where (v.contact_id, v.instance_name) > ($3::text, $4::text)
  order by v.contact_id, v.instance_name limit $5::int),
changed as (
  update zapfleet.conversations v set last_sent_at = null, last_inbound_at = null, new_at = case when v.new_at >= moment.day_start then v.new_at else '-infinity' end
  from page, moment where page.instance_name = $2::text and v.contact_id = page.contact_id and v.instance_name = page.instance_name returning 1)
select (select count(*)::int from changed) changed,
  (select json_build_array(page.contact_id, page.instance_name) from page order by page.contact_id desc, page.instance_name desc limit 1) last`,
)

/**
 * Makes an instance and all contacts new to each other, in steps, so that no lock lasts. Caches of kinds follow with
 * `announceAllContacts`.
 *
 * @returns how many conversations it had
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function forgetAcquaintances(
  { sql, clock, timeZone }: Pick<Ground, 'sql' | 'clock' | 'timeZone'>,
  instance: string,
): Promise<number> {
  let changed = 0
  let after: string[] | null = ['', '']
  while (after !== null) {
    const values: unknown[] = [clock(), instance, ...after, FORGET_ROWS, timeZone]
    const rows: { changed: number; last: string[] | null }[] = await repeatUndone(() =>
      sql.run(forgetStatement, values),
    )
    changed += rows[0]?.changed ?? 0
    after = rows[0]?.last ?? null
  }
  return changed
}
