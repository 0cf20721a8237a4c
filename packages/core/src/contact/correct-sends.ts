import type { Ground } from '../ground/ground.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { statement } from '../ground/statement.ts'
import { announceContacts, announceParameterSql, dropHere } from './announce-contacts.ts'
import type { ContactDrops } from './contact-drops.ts'

/** A reservation that was given back, with its contact's key at that time. */
export type ReleasedSend = { id: string; contact: string }

const correctStatement = statement(
  'correct_sends',
  `with announced as materialized (${announceParameterSql('$2')})
select c.contact from zapfleet.correct_sends($1::uuid[]) c(contact) where (select count(*) from announced) >= 0`,
)

/**
 * Corrects what conversations store of messages that were given back, see `zapfleet.correct_sends`: they were never sent. On a connection for
 * counting, as the release itself. Every process drops the kinds that it remembers of the contacts. What `fillSlice` stores later of such
 * a message it corrects itself.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function correctSends(
  { sql, drops }: Pick<Ground, 'sql'> & { readonly drops: ContactDrops },
  released: readonly ReleasedSend[],
): Promise<void> {
  if (released.length === 0) return
  const contacts = new Set(released.map((one) => one.contact))
  const hashes = dropHere(drops, [...contacts])
  const corrected = await repeatUndone(() =>
    sql.runCount<{ contact: string }>(correctStatement, [released.map((one) => one.id), hashes]),
  )
  const linked = corrected.map((one) => one.contact).filter((contact) => !contacts.has(contact))
  await announceContacts({ sql, drops }, linked)
}
