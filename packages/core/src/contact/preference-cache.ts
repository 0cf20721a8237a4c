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
  /** Whether there is an entry for a contact, and the contact was not dropped since it was read. */
  has(contact: string): boolean
  /** The number of a contact as it was read last; null for none, and where there is no entry. */
  get(contact: string): string | null
  /** Stores the number that was read or claimed. `since`: the drops before that began; default: now. */
  set(contact: string, instance: string | null, since?: number): void
  forget(contact: string): void
  /** Reads the contacts that have no entry, in one statement. Returns the states of those that have one, by their keys. */
  read(contacts: readonly CachedContact[]): Promise<ReadonlyMap<string, StatedContact>>
  /** Reads one contact, whether it has an entry or not. */
  readNow(contact: CachedContact & { contact: string }): Promise<PresentContact>
}

/** A contact's number and its state, both null for most. */
export type PresentContact = { state: string | null; preferred: string | null }

/** A contact that has a state, see contact-state.ts, and its number. */
export type StatedContact = { state: string; preferred: string | null }

/** A contact as reserves hold it: see ContactIds. */
export type CachedContact = {
  contact: string | null
  client: string | null
  clients: readonly string[] | null
}

/** Contacts whose numbers are in memory: about 15 MB. */
const REMEMBERED = 100_000

type Row = PresentContact & { contact: string; kinds: Record<string, Kind> | null }
type Entry = { instance: string | null; since: number }
const NO_STATES: ReadonlyMap<string, StatedContact> = new Map()

/**
 * A contact's number is the one in its rows of clientes, else the one in zapfleet.contacts.
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
  const has = (contact: string): boolean => {
    const entry = cache.get(contact)
    return entry !== undefined && !drops.isDropped(contact, entry.since)
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
  /** Reads these contacts, and keeps those without a state. */
  const readRows = async (contacts: readonly CachedContact[]): Promise<Row[]> => {
    const since = drops.count()
    const rows = await sql.runCount<Row>(readStatement, [
      clock(),
      contacts.map((one) => one.contact),
      contacts.map((one) => one.client),
      contacts.map((one) => formsText(one.clients)),
    ])
    for (const { contact, state, preferred, kinds: read } of rows) {
      if (state === null) {
        cache.set(contact, { instance: preferred, since })
        kinds.remember(contact, read, since)
      } else cache.delete(contact)
    }
    return rows
  }
  return {
    has,
    get: (contact) => cache.get(contact)?.instance ?? null,
    set: (contact, instance, since = drops.count()) => void cache.set(contact, { instance, since }),
    forget: (contact) => void cache.delete(contact),
    async read(contacts) {
      const missing = new Map<string, CachedContact>()
      for (const one of contacts) if (one.contact !== null && !has(one.contact)) missing.set(one.contact, one)
      if (missing.size === 0) return NO_STATES
      const states = new Map<string, StatedContact>()
      for (const { contact, state, preferred } of await readRows([...missing.values()]))
        if (state !== null) states.set(contact, { state, preferred })
      return states
    },
    async readNow(contact) {
      const [row] = await readRows([contact])
      return row ?? { state: null, preferred: null }
    },
  }
}
