import { FleetError } from '../ground/fleet-error.ts'
import type { ContactFleet } from './contact-fleet.ts'
import { type ContactIds, contactIds, idsOfKey } from './contact-ids.ts'
import { BLOCKED, MOST_STEPS, nextKey } from './contact-state.ts'

/** A contact as it is stored now. */
export type StoredContact = ContactIds & {
  /** Its number; null for none. */
  preferredInstance: string | null
  isBlocked: boolean
}

/**
 * Reads the contact of this id, whether it is cached or not.
 *
 * @throws FleetError DATABASE_UNAVAILABLE; OVERLOADED when operators kept changing its ids
 */
export async function readContact(
  fleet: Pick<ContactFleet, 'preferences' | 'clients' | 'defaultCountry'>,
  id: string,
): Promise<StoredContact> {
  let ids = contactIds(fleet, id)
  for (let step = 1; step <= MOST_STEPS; step++) {
    const { key, client, clients } = ids
    fleet.preferences.forget(key)
    const stated = (await fleet.preferences.read([{ contact: key, client, clients }])).get(key)
    const next = nextKey(stated?.state ?? null, key, id)
    if (next === null) {
      const preferredInstance = stated ? stated.preferred : fleet.preferences.get(key)
      return { ...ids, preferredInstance, isBlocked: stated?.state === BLOCKED }
    }
    ids = idsOfKey(fleet, next)
  }
  throw new FleetError('OVERLOADED', 'Others kept changing the ids of this contact. Try again.')
}
