import type { ClientIds } from '../ground/client-ids.ts'
import { INSTANT } from '../ground/moment.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { announceContacts } from './announce-contacts.ts'
import type { ContactFleet } from './contact-fleet.ts'
import { linkOf, linkRefused } from './contact-link.ts'
import { clientsOf, formsApart } from './contact-person.ts'
import { idsKeptChanging, MOST_STEPS } from './contact-state.ts'
import { readContact } from './read-contact.ts'
import { type Contact, getContact } from './read-person.ts'
import { readTalks } from './read-talks.ts'

/** $1 moment; of the contact $2 key, $3 the key of both forms where they are apart, $4 its ids in clientes; of the alias $5 to $7. */
const linkStatement = ({ kind, sqlType }: ClientIds): Statement =>
  statement(
    `link_contact_${kind}`,
    `with ${INSTANT},
linked as materialized (
  select zapfleet.link_contact($2::text, $3::text, $4::${sqlType}[], $5::text, $6::text, $7::${sqlType}[], moment.at) result from moment)
select linked.result, case when linked.result = 'linked' then zapfleet.move_pool_contacts($5::text, $2::text) end,
  case when linked.result = 'linked' then zapfleet.move_lane($5::text, $2::text, moment.at) end from linked, moment`,
  )

/**
 * Makes `alias` another id of the contact of `id`. The number, the conversations and the last inbound message of the alias go to the
 * contact where it has none, and its messages in the queue to the contact's; of two numbers, that of the id under which the person wrote last stays; a block of either holds for both. The rows of the alias in `clientes` lose their number. A link that exists
 * changes nothing.
 *
 * @throws FleetError CONFLICT when both have conversations, or the alias belongs to another contact or has aliases; INVALID_INPUT for a
 * group, and for two spellings of one id; DATABASE_UNAVAILABLE; OVERLOADED when others kept changing the ids
 */
export async function linkContact(
  fleet: ContactFleet,
  input: { id: string; alias: string },
): Promise<Contact> {
  for (let step = 1; step <= MOST_STEPS; step++) {
    const [id, alias] = [await readContact(fleet, input.id), await readContact(fleet, input.alias)]
    if (linkOf({ id, alias }) === 'exists') return getContact(fleet, input)
    const talks = await readTalks(fleet, [id.key, alias.key])
    if (talks.has(id.key) && talks.has(alias.key)) throw linkRefused('both')
    const values = [
      fleet.clock(),
      ...[id, alias].flatMap((one) => [one.key, formsApart(one.key)?.both ?? null, clientsOf(one)]),
    ]
    const [row] = await repeatUndone(() =>
      fleet.sql.run<{ result: 'linked' | 'changed' | 'both' | 'aliases' }>(
        linkStatement(fleet.clients),
        values,
      ),
    )
    await announceContacts(fleet, [id.key, alias.key])
    if (row?.result === 'linked') return getContact(fleet, input)
    if (row?.result === 'both' || row?.result === 'aliases') throw linkRefused(row.result)
  }
  throw idsKeptChanging('these contacts')
}
