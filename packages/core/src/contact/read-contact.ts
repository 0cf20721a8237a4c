import type { ContactFleet } from './contact-fleet.ts'
import { type ContactIds, contactIds, idsOfKey } from './contact-ids.ts'
import { BLOCKED, idsKeptChanging, isAlias, MOST_STEPS, nextKey } from './contact-state.ts'

/** A contact as it is stored now. */
export type StoredContact = ContactIds & {
  /** Its number; null for none. */
  preferredInstance: string | null
  /** In a pool: nothing is stored for it, and this is the number outside of pools. */
  isInherited: boolean
  isBlocked: boolean
  /** The key under which the id itself is stored: that of the contact, or of an alias. */
  own: string
}

/**
 * Reads the contact of this id, whether it is cached or not.
 *
 * @param pool whose number is read; null: that of messages without a pool
 * @throws FleetError DATABASE_UNAVAILABLE; OVERLOADED when operators kept changing its ids
 */
export async function readContact(
  fleet: Pick<ContactFleet, 'preferences' | 'clients' | 'defaultCountry'>,
  id: string,
  pool: string | null = null,
): Promise<StoredContact> {
  let ids = contactIds(fleet, id)
  let own: string | null = null
  for (let step = 1; step <= MOST_STEPS; step++) {
    const { key, client, clients } = ids
    const { state, preferred, inherited } = await fleet.preferences.readNow({
      contact: key,
      client,
      clients,
      pool,
    })
    const next = nextKey(state, key, id)
    if (next === null)
      return {
        ...ids,
        preferredInstance: preferred,
        isInherited: inherited,
        isBlocked: state === BLOCKED,
        own: own ?? key,
      }
    if (isAlias(state)) own ??= key
    ids = idsOfKey(fleet, next)
  }
  throw idsKeptChanging()
}
