import { type Statement, statement } from '../ground/statement.ts'
import type { ContactFleet } from './contact-fleet.ts'
import { shownId } from './contact-person.ts'
import { readContact } from './read-contact.ts'

/** A contact of the bot, under the id with which it was read. */
export type Contact = {
  /** As the caller wrote it. */
  id: string
  /** The contact's number; null before the first message. */
  preferredInstance: string | null
  /** Its other ids, by links. Spellings that are one by rule are not listed. */
  aliases: string[]
  /** The newest message that the contact wrote to any of our numbers. */
  lastInbound: { instanceName: string; at: string } | null
  /** It opted out: reserves are refused with CONTACT_BLOCKED. */
  blocked: boolean
}

/** $1 the contact's key. `state like` is in the condition of the index. */
const readStatement: Statement = statement(
  'read_person',
  `select array(select a.id from zapfleet.contacts a where a.state = '>' || $1::text and a.state like '>%' order by a.id) aliases,
  s.last_inbound_at, s.last_inbound_instance from (select 1) one left join zapfleet.contacts s on s.id = $1::text`,
)

type PersonRow = { aliases: string[]; last_inbound_at: Date | null; last_inbound_instance: string | null }

/**
 * Reads the contact of this id. A contact without messages has no number, and is no error.
 *
 * @throws FleetError DATABASE_UNAVAILABLE; OVERLOADED when operators kept changing its ids
 */
export async function getContact(fleet: ContactFleet, { id }: { id: string }): Promise<Contact> {
  return (await readPerson(fleet, id)).contact
}

/** Reads the contact of this id, and its key. @throws as `getContact` */
export async function readPerson(
  fleet: ContactFleet,
  id: string,
): Promise<{ contact: Contact; key: string }> {
  const { key, own, preferredInstance, isBlocked } = await readContact(fleet, id)
  const { aliases, last_inbound_at: at, last_inbound_instance: instanceName } = await readAliases(fleet, key)
  const contact = {
    id,
    preferredInstance,
    aliases: [key, ...aliases].filter((other) => other !== own).map(shownId),
    lastInbound: at && instanceName ? { instanceName, at: at.toISOString() } : null,
    blocked: isBlocked,
  }
  return { contact, key }
}

/** Reads the aliases of the contact of this key, and its newest message. @throws FleetError DATABASE_UNAVAILABLE */
export async function readAliases(fleet: Pick<ContactFleet, 'sql'>, key: string): Promise<PersonRow> {
  const [row] = await fleet.sql.run<PersonRow>(readStatement, [key])
  if (!row) throw new Error('the statement that reads a contact returned no row')
  return row
}
