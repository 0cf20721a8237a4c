import type { Ground } from '../ground/ground.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { statement } from '../ground/statement.ts'
import { announceParameterSql, dropHere } from './announce-contacts.ts'
import type { ContactDrops } from './contact-drops.ts'

/** The first message of an instance to a contact, by the contact's key. `reservedAt` as the database wrote it. */
export type FirstMessage = { contact: string; instance: string; reservedAt: Date | string }

/** Of a conversation that has had another message since, nothing changes. */
const undoStatement = statement(
  'undo_first_messages',
  `with undone as materialized (
  select c.contact_id, c.instance_name from unnest($1::text[], $2::text[], $3::timestamptz[]) f(contact, instance, at)
  join zapfleet.conversations c on c.contact_id = f.contact and c.instance_name = f.instance and c.last_sent_at = f.at
  order by 1, 2 for no key update of c),
updated as (
  update zapfleet.conversations c set last_sent_at = null from undone u
  where c.contact_id = u.contact_id and c.instance_name = u.instance_name returning 1)
${announceParameterSql('$4')}`,
)

/**
 * Makes contacts new again whose first message was given back: it was never sent. On a connection for counting, as the release itself. Every process drops the kinds that it remembers of them. What
 * `fillSlice` stores later of such a message it removes itself.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function undoFirstMessages(
  { sql, drops }: Pick<Ground, 'sql'> & { readonly drops: ContactDrops },
  messages: readonly FirstMessage[],
): Promise<void> {
  if (messages.length === 0) return
  const contacts = messages.map((one) => one.contact)
  const hashes = dropHere(drops, contacts)
  await repeatUndone(() =>
    sql.runCount(undoStatement, [
      contacts,
      messages.map((one) => one.instance),
      messages.map((one) => one.reservedAt),
      hashes,
    ]),
  )
}
