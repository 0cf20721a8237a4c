import type { ContactFleet } from '../contact/contact-fleet.ts'
import { readContact, type StoredContact } from '../contact/read-contact.ts'
import { readAliases } from '../contact/read-person.ts'
import { type PersonIds, personIds } from './person-ids.ts'

/** Reads the contact of this id and all ids of the person. @throws FleetError DATABASE_UNAVAILABLE, OVERLOADED */
export async function readPersonIds(
  fleet: ContactFleet,
  id: string,
): Promise<{ contact: StoredContact; person: PersonIds }> {
  const contact = await readContact(fleet, id)
  const { aliases } = await readAliases(fleet, contact.key)
  return { contact, person: personIds(contact.key, aliases) }
}
