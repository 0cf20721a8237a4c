import { INSTANT } from '../ground/moment.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { announceContacts } from './announce-contacts.ts'
import type { ContactFleet } from './contact-fleet.ts'
import { formsApart } from './contact-person.ts'
import { idsKeptChanging, MOST_STEPS } from './contact-state.ts'
import { readContact } from './read-contact.ts'
import { type Contact, getContact } from './read-person.ts'

/** $1 moment, $2 key, $3 the key of both forms where they are apart, $4 reason. */
const blockStatement: Statement = statement(
  'block_contact',
  `with ${INSTANT} select zapfleet.block_contact($2::text, $3::text, $4::text, moment.at) state from moment`,
)

/** $1 key, $2 as $3 above, $3 the key of the other form. */
const unblockStatement: Statement = statement(
  'unblock_contact',
  'select zapfleet.unblock_contact($1::text, $2::text, $3::text) state',
)

/**
 * Blocks a contact, which opted out of messages: each `reserve` that begins after the answer is refused with CONTACT_BLOCKED, in every
 * process, under each of its ids. It keeps its number. A contact without a row gets one. Repeating changes the reason alone.
 *
 * @throws FleetError DATABASE_UNAVAILABLE; OVERLOADED when operators kept changing its ids
 */
export async function blockContact(
  fleet: ContactFleet,
  { id, reason }: { id: string; reason?: string | undefined },
): Promise<Contact> {
  await onContact(fleet, id, async (key) => {
    const values = [fleet.clock(), key, formsApart(key)?.both ?? null, reason ?? null]
    return fleet.sql.run<{ state: string | null }>(blockStatement, values)
  })
  return getContact(fleet, { id })
}

/**
 * Ends the block of a contact and of all its ids. A contact that is not blocked stays as it is.
 *
 * @throws FleetError DATABASE_UNAVAILABLE; OVERLOADED when operators kept changing its ids
 */
export async function unblockContact(fleet: ContactFleet, { id }: { id: string }): Promise<Contact> {
  await onContact(fleet, id, async (key) => {
    const forms = formsApart(key)
    return fleet.sql.run<{ state: string | null }>(unblockStatement, [
      key,
      forms?.both ?? null,
      forms?.twin ?? null,
    ])
  })
  return getContact(fleet, { id })
}

/** Runs an act on the contact of this id, and again where the id became one of another contact meanwhile. */
async function onContact(
  fleet: ContactFleet,
  id: string,
  act: (key: string) => Promise<{ state: string | null }[]>,
): Promise<void> {
  for (let step = 1; step <= MOST_STEPS; step++) {
    const { key } = await readContact(fleet, id)
    const [row] = await repeatUndone(() => act(key))
    await announceContacts(fleet, [key])
    if (row?.state === null) return
  }
  throw idsKeptChanging()
}
