import { setTimeout as sleep } from 'node:timers/promises'
import { announceContacts } from '../contact/announce-contacts.ts'
import type { ContactFleet } from '../contact/contact-fleet.ts'
import { formsApart } from '../contact/contact-person.ts'
import { idsKeptChanging, MOST_STEPS } from '../contact/contact-state.ts'
import { readContactRefs } from '../contact/read-contact-refs.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { firstIdOf } from '../outcome/store-events.ts'
import { readClientsOfPerson } from './export-contact.ts'
import {
  clearAudit,
  clearCursor,
  clearKeys,
  clearReservations,
  clearWaiting,
  forgetStatement,
  isOverStatement,
  oldestKeyStatement,
} from './forget-sql.ts'
import { actKeys, holdsPerson, isPersons, type PersonIds } from './person-ids.ts'
import { readPersonIds } from './read-person-ids.ts'
import { readStoredContacts, readStoredConversations } from './read-stored-rows.ts'
import { removeMessagesOf } from './remove-messages.ts'
import { walkRows } from './walk-rows.ts'

/** Ids are made by the clocks of processes, and rows are stored some time after. */
const TAIL_MS = 600_000
/** Claims end in milliseconds; a transaction of another program may take longer, and is not waited for. */
const WAIT_MS = 10_000
const WAIT_STEP_MS = 20

/**
 * Removes a person from every table of zapfleet, under every id. Rows of reservations stay without the contact, so the counters stay and
 * a reservation can still be completed; their idempotency keys are removed. Messages to the person are removed, and those that wait are not sent. A block outlives it as keyed hashes.
 * Of the table `clientes`, which is the bot's, only the number is cleared. A call that was interrupted is repeated: it continues with
 * what is left. A reserve that begins after the answer makes a new contact.
 *
 * @param masked how the audit stores ids
 * @throws FleetError DATABASE_UNAVAILABLE; OVERLOADED when operators kept changing the ids
 */
export async function forgetContact(
  fleet: ContactFleet,
  { id }: { id: string },
  masked: (id: string) => string,
): Promise<{ forgotten: true }> {
  for (let step = 1; step <= MOST_STEPS; step++) {
    const { person } = await readPersonIds(fleet, id)
    const tail = firstIdOf(Date.now() - TAIL_MS)
    await removeMessagesOf(fleet, person, likes(person))
    await clearReservationsOf(fleet, person)
    await clearAuditOf(fleet, person, masked)
    await repeatUndone(() => fleet.sql.run(clearWaiting, [person.pattern, likes(person)]))
    await repeatUndone(() => fleet.sql.run(clearCursor, [person.plain, person.pattern]))
    await removePoolsOf(fleet, person)
    // The ids of the person are removed last: until then a repeated call finds all of them.
    const txid = await removeContact(fleet, person)
    if (txid === null) continue
    await announceContacts(fleet, [...person.keys])
    await waitForEarlier(fleet, txid)
    // What claims, sends and events stored meanwhile.
    await removeMessagesOf(fleet, person, likes(person), tail)
    await clearReservationsOf(fleet, person, tail)
    await removePoolsOf(fleet, person)
    await fleet.sql.prisma.conversation.deleteMany({ where: { contactId: { in: [...person.keys] } } })
    await repeatUndone(() => fleet.sql.run(clearCursor, [person.plain, person.pattern]))
    return { forgotten: true }
  }
  throw idsKeptChanging()
}

async function removePoolsOf(fleet: ContactFleet, person: PersonIds): Promise<void> {
  await fleet.sql.prisma.poolContact.deleteMany({ where: { contactId: { in: [...person.keys] } } })
}

async function clearReservationsOf(fleet: ContactFleet, person: PersonIds, from?: string): Promise<void> {
  const [oldestKey] = await fleet.sql.run<{ oldest: Date | null }>(oldestKeyStatement, [])
  const mayHaveKey = ({ reservedAt }: { reservedAt: string }): boolean =>
    !!oldestKey?.oldest && new Date(reservedAt) >= oldestKey.oldest
  for await (const rows of walkRows(fleet, 'reservations', person, likes(person), from)) {
    const idsOf = (isCleared: (row: (typeof rows)[number]) => boolean): string[] =>
      rows.filter(isCleared).map(({ id }) => id)
    const isOwn = ({ contactId, contactAs }: (typeof rows)[number]): boolean =>
      contactId !== null && isPersons(fleet, person, contactId, contactAs)
    const own = idsOf(isOwn)
    const keyed = idsOf((row) => holdsPerson(person, row.idempotencyKey, isOwn(row)))
    const failed = idsOf((row) => holdsPerson(person, row.outcomeError, isOwn(row)))
    const withKeys = idsOf(
      (row) => mayHaveKey(row) && (isOwn(row) || holdsPerson(person, row.idempotencyKey, false)),
    )
    // Keys first: a call that is interrupted finds the reservations again.
    if (withKeys.length > 0) await repeatUndone(() => fleet.sql.run(clearKeys, [withKeys]))
    if (own.length + keyed.length + failed.length > 0)
      await repeatUndone(() => fleet.sql.run(clearReservations, [own, keyed, failed]))
  }
}

async function clearAuditOf(
  fleet: ContactFleet,
  person: PersonIds,
  masked: (id: string) => string,
): Promise<void> {
  const refs = await readContactRefs(fleet, actKeys(person))
  const masks = person.plain.map(masked)
  for await (const rows of walkRows(fleet, 'audit', person, [...refs, ...masks])) {
    const ids = rows
      .filter(({ ref, target }) =>
        ref === null
          ? target !== null && (masks.includes(target) || isPersons(fleet, person, target))
          : refs.includes(ref),
      )
      .map((row) => row.id)
    if (ids.length > 0) await repeatUndone(() => fleet.sql.run(clearAudit, [ids]))
  }
}

/** Removes the contact; returns the transaction, null when its ids changed meanwhile. */
async function removeContact(fleet: ContactFleet, person: PersonIds): Promise<string | null> {
  const stored = new Set(person.plain)
  const talks = await readStoredConversations(fleet, person)
  for (const one of [
    ...(await readStoredContacts(fleet, person)),
    ...talks.map(({ contactId }) => contactId),
  ])
    if (isPersons(fleet, person, one)) stored.add(one)
  const forms = formsApart(person.key)
  const values = [
    fleet.clock(),
    person.key,
    forms?.both ?? null,
    forms?.twin ?? null,
    [...person.keys],
    [...stored],
    await readClientsOfPerson(fleet, person),
  ]
  const [row] = await repeatUndone(() =>
    fleet.sql.run<{ txid: string | null }>(forgetStatement(fleet.clients), values),
  )
  return row?.txid ?? null
}

/** Waits until the transactions that may have read the contact have ended. */
async function waitForEarlier(fleet: ContactFleet, txid: string): Promise<void> {
  const startedAtMs = performance.now()
  while (performance.now() - startedAtMs < WAIT_MS) {
    const [row] = await fleet.sql.run<{ is_over: boolean }>(isOverStatement, [txid])
    if (row?.is_over) return
    await sleep(WAIT_STEP_MS)
  }
}

/** The ids that `holdsPerson` finds as they are, as patterns of LIKE. */
function likes(person: PersonIds): string[] {
  return [...person.keys].map((key) => `%${key.replace(/[\\%_]/g, '\\$&')}%`)
}
