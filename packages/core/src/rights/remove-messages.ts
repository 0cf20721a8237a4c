import type { ContactFleet } from '../contact/contact-fleet.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { clearMessages, readEmptyLanes, removeChanges, removeLanes, removeMessages } from './messages-sql.ts'
import { holdsPerson, isMessageOf, type PersonIds } from './person-ids.ts'
import { walkRows } from './walk-rows.ts'

/**
 * Removes the messages to a person, in whatever state they are, their lanes, and what is not reported of them yet. Of messages to others it clears keys and
 * errors that hold an id of the person. Messages that wait are not sent; one that is being sent may arrive, and is never sent again.
 *
 * @param likes the ids of the person as patterns of LIKE
 * @param from a message's id: messages up to it are not read
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function removeMessagesOf(
  fleet: ContactFleet,
  person: PersonIds,
  likes: readonly string[],
  from?: string,
): Promise<void> {
  const run = (...call: Parameters<typeof fleet.sql.run>) => repeatUndone(() => fleet.sql.run(...call))
  const contacts = new Set([...person.keys, ...person.both])
  for await (const rows of walkRows(fleet, 'messages', person, likes, from)) {
    const own = rows.filter((row) => isMessageOf(fleet, person, row))
    const others = rows.filter((row) => !own.includes(row))
    const idsOf = (found: typeof rows): string[] => found.map(({ id }) => id)
    const keyed = idsOf(others.filter((row) => holdsPerson(person, row.idempotencyKey, false)))
    const failed = idsOf(others.filter((row) => holdsPerson(person, row.error, false)))
    if (keyed.length + failed.length > 0) await run(clearMessages, [keyed, failed])
    if (own.length === 0) continue
    // Changes first: a call that is interrupted finds the messages again.
    await run(removeChanges, [idsOf(own)])
    await run(removeMessages, [idsOf(own)])
    for (const { contactId } of own) contacts.add(contactId)
  }
  const lanes = await fleet.sql.run<{ contact_id: string; version: number }>(readEmptyLanes, [[...contacts]])
  if (lanes.length > 0)
    await run(removeLanes, [lanes.map((lane) => lane.contact_id), lanes.map((lane) => lane.version)])
}
