import { findInstanceRow } from '../instance/get-instance.ts'
import { announceContacts } from './announce-contacts.ts'
import type { ContactFleet } from './contact-fleet.ts'
import { followInPools } from './pool-preference.ts'
import { writePreference } from './preference.ts'
import { type Contact, getContact } from './read-person.ts'

/** Gives the contact a number, from the next message on, also of messages in the pools of that number. @throws FleetError NOT_FOUND when there is no such instance */
export async function setPreference(
  fleet: ContactFleet,
  { id, instanceName }: { id: string; instanceName: string },
): Promise<Contact> {
  await findInstanceRow(fleet, instanceName)
  const { key } = await writePreference(fleet, id, instanceName)
  await changePools(fleet, key, instanceName)
  return { ...(await getContact(fleet, { id })), preferredInstance: instanceName }
}

/** Removes the contact's number, also those in pools: the strategy chooses for the next message. */
export async function clearPreference(fleet: ContactFleet, { id }: { id: string }): Promise<Contact> {
  const { key } = await writePreference(fleet, id, null)
  await changePools(fleet, key, null)
  return { ...(await getContact(fleet, { id })), preferredInstance: null }
}

async function changePools(fleet: ContactFleet, key: string, instance: string | null): Promise<void> {
  await followInPools(fleet, key, instance)
  await announceContacts(fleet, [key])
}
