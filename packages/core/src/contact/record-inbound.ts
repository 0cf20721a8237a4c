import { setTimeout as sleep } from 'node:timers/promises'
import { FleetError } from '../ground/fleet-error.ts'
import { readInstant } from '../ground/read-moment.ts'
import { findInstanceRow } from '../instance/get-instance.ts'
import type { ContactFleet } from './contact-fleet.ts'
import { contactIds } from './contact-ids.ts'
import { isNoPerson } from './contact-person.ts'
import { type Contact, getContact } from './read-person.ts'
import { moveContacts, storeInbounds } from './store-inbounds.ts'

/** A message that a bot received. */
export type RecordInboundInput = {
  /** Who wrote it: any id of the contact. */
  id: string
  /** The instance that received it. */
  instanceName: string
  /** When it was written. Default now. */
  at?: Date | undefined
  /** Evolution's id of the message: a repeated call without `at` changes nothing in the same process. */
  messageId?: string | undefined
}

/** How far the clock of a bot may be ahead. */
const AHEAD_MS = 300_000
const BUSY_FOR_MS = 5_000
const BUSY_PAUSE_MS = 50

/**
 * Stores that a person wrote to an instance. The contact has that number from then on, if no newer message of the contact is stored.
 * A message in a group, a broadcast or a newsletter changes nothing.
 *
 * @throws FleetError NOT_FOUND when there is no such instance; INVALID_INPUT when `at` is more than five minutes in the future; OVERLOADED
 * while another transaction holds the contact's row in `clientes`; DATABASE_UNAVAILABLE
 */
export async function recordInbound(fleet: ContactFleet, input: RecordInboundInput): Promise<Contact> {
  const { id, instanceName } = input
  await findInstanceRow(fleet, instanceName)
  const nowMs = (await readInstant(fleet)).getTime()
  const atMs = momentOf(fleet, input, nowMs)
  if (!isNoPerson(contactIds(fleet, id).key)) {
    let busy = await storeInbounds(fleet, [{ instance: instanceName, id, atMs, isMade: true }])
    const deadlineMs = performance.now() + BUSY_FOR_MS
    while (busy.length > 0) {
      if (performance.now() > deadlineMs)
        throw new FleetError(
          'OVERLOADED',
          'Another transaction holds the row of this contact in clientes. End it, then try again.',
        )
      await sleep(BUSY_PAUSE_MS)
      busy = await moveContacts(fleet, busy)
    }
  }
  return getContact(fleet, { id })
}

function momentOf(
  { recordedInbounds }: ContactFleet,
  { instanceName, at, messageId }: RecordInboundInput,
  nowMs: number,
): number {
  if (at !== undefined) {
    if (at.getTime() > nowMs + AHEAD_MS)
      throw new FleetError(
        'INVALID_INPUT',
        `at: expected a moment that is not more than five minutes after ${new Date(nowMs).toISOString()}, got ${at.toISOString()}. Set the clock of the bot, or leave at out.`,
      )
    return Math.min(Math.max(at.getTime(), 0), nowMs)
  }
  if (messageId === undefined) return nowMs
  const key = `${instanceName}\n${messageId}`
  const recordedMs = recordedInbounds.get(key) ?? nowMs
  recordedInbounds.set(key, recordedMs)
  return recordedMs
}
