import { LRUCache } from 'lru-cache'
import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'

/**
 * The preferred numbers of contacts in the memory of one process. An entry may be out of date; the claim compares before it
 * grants and returns the present number, so a wrong entry costs a round trip and nothing else.
 */
export type PreferenceCache = {
  /** Whether there is an entry for a contact. */
  has(contact: string): boolean
  /** The number of a contact; null for none, and where there is no entry. */
  get(contact: string): string | null
  set(contact: string, instance: string | null): void
  forget(contact: string): void
  /** Reads the contacts that have no entry, in one statement. `client`: the contact as an id of clientes. */
  read(contacts: readonly { contact: string | null; client: string | null }[]): Promise<void>
  /** Reads the number of one contact, whether there is an entry or not. */
  refresh(contact: string): Promise<string | null>
}

/** Contacts whose numbers are in memory: about 15 MB. */
const REMEMBERED = 100_000
/** Means "no number" in the cache, which holds no nulls. No instance has an empty name. */
const NONE = ''

/** A contact's number is the one in its row of clientes, else the one in zapfleet.contacts. */
export function createPreferenceCache({ sql, clients }: Pick<Ground, 'sql' | 'clients'>): PreferenceCache {
  const cache = new LRUCache<string, string>({ max: REMEMBERED })
  const readStatement = statement(
    `read_preferences_${clients.kind}`,
    `select a.contact, coalesce(
       (select min(nullif(c.instancia_preferida, '')) from ${clients.table} c where c.id = a.client),
       (select s.preferred_instance from zapfleet.contacts s where s.id = a.contact)) preferred
     from unnest($1::text[], $2::${clients.sqlType}[]) a(contact, client)`,
  )
  const get = (contact: string): string | null => cache.get(contact) || null
  const forget = (contact: string): void => void cache.delete(contact)
  const read: PreferenceCache['read'] = async (contacts) => {
    const missing = new Map<string, string | null>()
    for (const { contact, client } of contacts)
      if (contact !== null && !cache.has(contact)) missing.set(contact, client)
    if (missing.size === 0) return
    const rows = await sql.runCount<{ contact: string; preferred: string | null }>(readStatement, [
      [...missing.keys()],
      [...missing.values()],
    ])
    for (const row of rows) cache.set(row.contact, row.preferred ?? NONE)
  }
  return {
    has: (contact) => cache.has(contact),
    get,
    set: (contact, instance) => void cache.set(contact, instance ?? NONE),
    forget,
    read,
    async refresh(contact) {
      forget(contact)
      await read([{ contact, client: clients.fit(contact) }])
      return get(contact)
    },
  }
}
