import type { Ground } from '../ground/ground.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'

/**
 * How well a number and a contact know each other. `reply`: the contact wrote to this number within 24 hours. `known`: the
 * number sent to it, or received from it, within 30 days. `new`: neither.
 */
export const KINDS = ['reply', 'known', 'new'] as const

export type Kind = (typeof KINDS)[number]

/** A message of a contact opens the reply window for so long. */
export const REPLY_WITHIN = `interval '24 hours'`
const KNOWN_WITHIN = `interval '30 days'`

/** The kind of a message to the contact from the instance, in SQL; `moment` is the moment. */
export function kindSql(contact: string, instance: string): string {
  return `coalesce((select case when v.last_inbound_at > moment.at - ${REPLY_WITHIN} then 'reply'
    when greatest(v.last_inbound_at, v.last_sent_at) > moment.at - ${KNOWN_WITHIN} then 'known' end
    from zapfleet.conversations v where v.contact_id = ${contact} and v.instance_name = ${instance}), 'new')`
}

/** Whether the contact is new to every instance, in SQL. */
export function isNewSql(contact: string): string {
  return `(select count(*) from (select from zapfleet.conversations v where v.contact_id = ${contact} limit 1) v) = 0`
}

/** The contact is known to no number. */
export const NOWHERE: ReadonlySet<string> = new Set()

const knownStatement = statement(
  'read_known',
  `with ${INSTANT}
select v.contact_id contact, array_agg(v.instance_name) instances from zapfleet.conversations v, moment
where v.contact_id = any($2::text[]) and v.instance_name = any($3::text[])
  and greatest(v.last_inbound_at, v.last_sent_at) > moment.at - ${KNOWN_WITHIN} group by 1`,
)

/**
 * Reads which of these instances know which of these contacts. Sends no statement without instances or contacts.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readKnown(
  { sql, clock }: Pick<Ground, 'sql' | 'clock'>,
  contacts: readonly string[],
  instances: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  if (contacts.length === 0 || instances.size === 0) return new Map()
  const rows = await sql.runCount<{ contact: string; instances: string[] }>(knownStatement, [
    clock(),
    contacts,
    [...instances],
  ])
  return new Map(rows.map((row) => [row.contact, new Set(row.instances)]))
}

/** The same for one contact; null: for none. @throws FleetError DATABASE_UNAVAILABLE */
export async function readKnownBy(
  fleet: Pick<Ground, 'sql' | 'clock'>,
  contact: string | null,
  instances: ReadonlySet<string>,
): Promise<ReadonlySet<string>> {
  if (contact === null) return NOWHERE
  return (await readKnown(fleet, [contact], instances)).get(contact) ?? NOWHERE
}
