import type { Ground } from '../ground/ground.ts'
import { type Statement, statement } from '../ground/statement.ts'
import type { ContactFleet } from './contact-fleet.ts'
import { type Contact, readPerson } from './read-person.ts'

const refsStatement: Statement = statement(
  'read_contact_refs',
  `select left(encode(zapfleet.contact_hash(k.key), 'hex'), 16) ref from unnest($1::text[]) with ordinality k(key, ord) order by k.ord`,
)

/**
 * Reads the names of contacts in the audit, by their keys: parts of their keyed hashes, which are stored beside the masked ids so that the
 * acts on one contact can be found.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readContactRefs(
  fleet: Pick<Ground, 'sql'>,
  keys: readonly string[],
): Promise<string[]> {
  const rows = await fleet.sql.run<{ ref: string }>(refsStatement, [keys])
  return rows.map(({ ref }) => ref)
}

/** Reads the contact of one id with its name in the audit. @throws FleetError DATABASE_UNAVAILABLE, OVERLOADED */
export async function readContactWithRef(
  fleet: ContactFleet,
  id: string,
): Promise<Contact & { ref: string | null }> {
  const { contact, key } = await readPerson(fleet, id)
  const [ref = null] = await readContactRefs(fleet, [key])
  return { ...contact, ref }
}
