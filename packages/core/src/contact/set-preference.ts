import { findInstanceRow } from '../instance/get-instance.ts'
import type { ContactFleet } from './contact-fleet.ts'
import { writePreference } from './preference.ts'
import { type Contact, getContact } from './read-person.ts'

/** Gives the contact a number, from the next message on. @throws FleetError NOT_FOUND when there is no such instance */
export async function setPreference(
  fleet: ContactFleet,
  { id, instanceName }: { id: string; instanceName: string },
): Promise<Contact> {
  await findInstanceRow(fleet, instanceName)
  await writePreference(fleet, id, instanceName)
  return { ...(await getContact(fleet, { id })), preferredInstance: instanceName }
}

/** Removes the contact's number: the strategy chooses for the next message. */
export async function clearPreference(fleet: ContactFleet, { id }: { id: string }): Promise<Contact> {
  await writePreference(fleet, id, null)
  return { ...(await getContact(fleet, { id })), preferredInstance: null }
}
