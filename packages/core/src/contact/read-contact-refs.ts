import type { Ground } from '../ground/ground.ts'
import { type Statement, statement } from '../ground/statement.ts'
import type { ContactFleet } from './contact-fleet.ts'
import { readContact } from './read-contact.ts'

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

/** The same for the contact of one id. @throws FleetError DATABASE_UNAVAILABLE, OVERLOADED */
export async function readContactRef(fleet: ContactFleet, id: string): Promise<string | null> {
  const { key } = await readContact(fleet, id)
  return (await readContactRefs(fleet, [key]))[0] ?? null
}
