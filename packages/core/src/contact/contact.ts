import { findInstanceRow } from '../instance/get-instance.ts'
import type { ContactFleet } from './contact-fleet.ts'
import { writePreference } from './preference.ts'
import { readContact } from './read-contact.ts'

/** A contact of the bot and its preferred number; null before the first message. */
export type Contact = { id: string; preferredInstance: string | null }

/** Reads a contact's number. A contact without messages has none, and is no error. */
export async function getContact(fleet: ContactFleet, input: { id: string }): Promise<Contact> {
  const { preferredInstance } = await readContact(fleet, input.id)
  return { id: input.id, preferredInstance }
}

/** Gives the contact a number, from the next message on. @throws FleetError NOT_FOUND when there is no such instance */
export async function setPreference(
  fleet: ContactFleet,
  input: { id: string; instanceName: string },
): Promise<Contact> {
  await findInstanceRow(fleet, input.instanceName)
  await writePreference(fleet, input.id, input.instanceName)
  return { id: input.id, preferredInstance: input.instanceName }
}

/** Removes the contact's number: the strategy chooses for the next message. */
export async function clearPreference(fleet: ContactFleet, input: { id: string }): Promise<Contact> {
  await writePreference(fleet, input.id, null)
  return { id: input.id, preferredInstance: null }
}
