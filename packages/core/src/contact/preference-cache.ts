import { LRUCache } from 'lru-cache'
import type { Ground } from '../ground/ground.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { type ContactDrops, createContactDrops } from './contact-drops.ts'
import { clientsNumber, formsText, presentState, sideRow } from './contact-sql.ts'
import { type Kind, kindsSql } from './conversations.ts'
import { type KindCache, MOST_KINDS } from './kind-cache.ts'

/**
 * The preferred numbers of contacts in the memory of one process, by the contact's key. An entry may be out of date; the claim
 * compares before it grants and returns the present number, so a wrong entry costs a round trip and nothing else. A contact with a
 * state (blocked, or an id of another contact) has no entry: it is read each time. A contact that changed in another process is dropped.
 */
export type PreferenceCache = {
  /**
   * Whether there is an entry for a contact in a pool, and the contact was not dropped since it was read. Where nothing is stored for the pool,
   * the contact is read for each batch: its number outside of the pool decides, with which no claim in the pool compares anything.
   */
  has(contact: string, pool?: string | null): boolean
  /** The number of a contact in a pool as it was read last; `instance` is null for none, and where there is no entry. */
  get(contact: string, pool?: string | null): Preference
  /** Stores the number that was read or claimed. `since`: the drops before that began; default: now. */
  set(contact: string, instance: string | null, since?: number, pool?: string | null): void
  forget(contact: string, pool?: string | null): void
  /** Reads the contacts that have no entry, in one statement. Returns the states of those that have one, by their keys. */
  read(contacts: readonly CachedContact[]): Promise<ReadonlyMap<string, StatedContact>>
  /** Reads one contact, whether it has an entry or not. */
  readNow(contact: CachedContact & { contact: string }): Promise<PresentContact>
}

/** A contact's number and its state, both null for most. `inherited`: see Preference. */
export type PresentContact = { state: string | null; preferred: string | null; inherited: boolean }

/** A contact that has a state, see contact-state.ts, and its number. */
export type StatedContact = { state: string; preferred: string | null }

/** A contact as reserves hold it: see ContactIds. `pool`: that of its messages, the same one or none for all contacts of one call. */
export type CachedContact = {
  contact: string | null
  pool?: string | null
  client: string | null
  clients: readonly string[] | null
}

/** The number of a contact; `isInherited`: nothing is stored for the pool, and this is the number outside of pools, which is in the pool. */
export type Preference = { instance: string | null; isInherited: boolean }

export const NO_PREFERENCE: Preference = { instance: null, isInherited: false }

/** Contacts whose numbers are in memory: about 15 MB. */
const REMEMBERED = 100_000

type Row = PresentContact & { contact: string; pool?: string; kinds: Record<string, Kind> | null }
type Entry = Preference & { since: number }

const entryKey = (contact: string, pool: string | null): string =>
  pool === null ? contact : `${pool}\u001f${contact}`

const NO_STATES: ReadonlyMap<string, StatedContact> = new Map()

/**
 * A contact's number is the one in its rows of clientes, else the one in zapfleet.contacts. In a pool it is the one in
 * zapfleet.pool_contacts; where there is none, the number outside of pools, if that one is in the pool.
 *
 * @param kinds receives the kinds of messages to the contact, which are read with its number: claims of contacts that are read for the
 * first time then need not read conversations
 */
export function createPreferenceCache(
  { sql, clients, clock }: Pick<Ground, 'sql' | 'clients' | 'clock'>,
  drops: ContactDrops = createContactDrops(),
  kinds: Pick<KindCache, 'remember'> = { remember: () => {} },
): PreferenceCache {
  const cache = new LRUCache<string, Entry>({ max: REMEMBERED })
  const has = (contact: string, pool: string | null = null): boolean => {
    const entry = cache.peek(entryKey(contact, pool))
    if (entry === undefined || drops.isDropped(contact, entry.since)) return false
    return pool === null || (entry.instance !== null && !entry.isInherited)
  }
  const readStatement = statement(
    `read_contacts_${clients.kind}`,
    `with ${INSTANT}
     select a.contact, a.state, a.preferred, ${kindsSql('a.contact', MOST_KINDS)} kinds
     from moment, (
       select a.contact, ${presentState('a.contact', 'a.side')} state, coalesce(${clientsNumber(clients, 'a.client', 'a.forms')}, a.side[2]) preferred
       from (select a.*, ${sideRow('a.contact')} side
         from unnest($2::text[], $3::${clients.sqlType}[], $4::text[]) a(contact, client, forms) offset 0) a offset 0) a`,
  )
  const readPoolStatement = statement(
    `read_pool_contacts_${clients.kind}`,
    `with ${INSTANT}
     select a.contact, a.pool, a.state, ${kindsSql('a.contact', MOST_KINDS)} kinds, coalesce(a.stored, i.nome) preferred, a.stored is null and i.nome is not null inherited
     from moment, (
       select a.contact, a.pool, a.stored, ${presentState('a.contact', 'a.side')} state, coalesce(${clientsNumber(clients, 'a.client', 'a.forms')}, a.side[2]) outside
       from (select a.*, ${sideRow('a.contact')} side,
           (select p.preferred_instance from zapfleet.pool_contacts p where p.contact_id = a.contact and p.pool = a.pool) stored
         from unnest($2::text[], $3::${clients.sqlType}[], $4::text[], $5::text[]) a(contact, client, forms, pool) offset 0) a offset 0) a
       left join public.whatsapp_instances i on a.stored is null and i.nome = a.outside and i.removida_em is null and a.pool = any(i.etiquetas)`,
  )
  /** Reads these contacts, and keeps those without a state. */
  const readRows = async (contacts: readonly CachedContact[]): Promise<Row[]> => {
    const since = drops.count()
    const isPooled = (contacts[0]?.pool ?? null) !== null
    const rows = await sql.runCount<Row>(isPooled ? readPoolStatement : readStatement, [
      clock(),
      contacts.map((one) => one.contact),
      contacts.map((one) => one.client),
      contacts.map((one) => formsText(one.clients)),
      ...(isPooled ? [contacts.map((one) => one.pool)] : []),
    ])
    for (const { contact, pool = null, state, preferred, inherited = false, kinds: read } of rows) {
      const key = entryKey(contact, pool)
      if (state === null) {
        cache.set(key, { instance: preferred, isInherited: inherited, since })
        kinds.remember(contact, read, since)
      } else cache.delete(key)
    }
    return rows
  }
  return {
    has,
    get: (contact, pool = null) => cache.get(entryKey(contact, pool)) ?? NO_PREFERENCE,
    set: (contact, instance, since = drops.count(), pool = null) =>
      void cache.set(entryKey(contact, pool), { instance, isInherited: false, since }),
    forget: (contact, pool = null) => void cache.delete(entryKey(contact, pool)),
    async read(contacts) {
      const missing = new Map<string, CachedContact>()
      for (const one of contacts)
        if (one.contact !== null && !has(one.contact, one.pool))
          missing.set(entryKey(one.contact, one.pool ?? null), one)
      if (missing.size === 0) return NO_STATES
      const states = new Map<string, StatedContact>()
      for (const { contact, state, preferred } of await readRows([...missing.values()]))
        if (state !== null) states.set(contact, { state, preferred })
      return states
    },
    async readNow(contact) {
      const [row] = await readRows([contact])
      return row
        ? { ...row, inherited: row.inherited ?? false }
        : { state: null, preferred: null, inherited: false }
    },
  }
}
