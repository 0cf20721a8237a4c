import { LRUCache } from 'lru-cache'
import type { ClientIds } from '../ground/client-ids.ts'
import type { Database } from '../ground/open-database.ts'
import { statement } from '../ground/statement.ts'
import type { Ask } from '../reservation/pending-reserve.ts'

/**
 * What this process believes of each contact's number. It may be out of date; the claim compares before it grants and
 * tells the present one, so a wrong belief costs a round trip and nothing else.
 */
export type Beliefs = {
  /** Whether anything is believed of a contact. */
  has(contact: string): boolean
  /** The believed number, null for none or nothing believed. */
  of(contact: string): string | null
  set(contact: string, instance: string | null): void
  forget(contact: string): void
  /** Reads what is not believed yet of these asks' contacts, in one query. */
  read(asks: readonly Pick<Ask, 'contact' | 'client'>[]): Promise<void>
}

/** Contacts whose numbers are remembered: about 15 MB. */
const REMEMBERED = 100_000
/** Stands for "no number" in the cache, which holds no nulls. No instance has an empty name. */
const NONE = ''

/** A contact's number is what its row in clientes names, else what the side table does. */
export function createBeliefs(sql: Database, ids: ClientIds | null): Beliefs {
  const cache = new LRUCache<string, string>({ max: REMEMBERED })
  const type = ids?.sqlType ?? 'text'
  const read = statement(
    `read_preferences_${type}${ids ? '' : '_none'}`,
    `select a.contact, coalesce(
       ${ids ? `(select min(nullif(c.instancia_preferida, '')) from public.clientes c where c.id = a.client)` : 'null'},
       (select s.preferred_instance from zapfleet.contacts s where s.id = a.contact)) preferred
     from unnest($1::text[], $2::${type}[]) a(contact, client)`,
  )
  return {
    has: (contact) => cache.has(contact),
    of: (contact) => cache.get(contact) || null,
    set: (contact, instance) => void cache.set(contact, instance ?? NONE),
    forget: (contact) => void cache.delete(contact),
    async read(asks) {
      const unknown = new Map<string, string | null>()
      for (const ask of asks)
        if (ask.contact !== null && !cache.has(ask.contact)) unknown.set(ask.contact, ask.client)
      if (unknown.size === 0) return
      const rows = await sql.run<{ contact: string; preferred: string | null }>(read, [
        [...unknown.keys()],
        [...unknown.values()],
      ])
      for (const row of rows) cache.set(row.contact, row.preferred ?? NONE)
    },
  }
}
