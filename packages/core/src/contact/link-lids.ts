import { LRUCache } from 'lru-cache'
import type { ClientIds } from '../ground/client-ids.ts'
import { parts } from '../ground/parts.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { isOurs } from '../instance/counters-sql.ts'
import { type ContactDrops, contactHash } from './contact-drops.ts'
import { type ContactIds, contactIds, idsOfKey } from './contact-ids.ts'
import { formsText } from './contact-sql.ts'
import { MOST_STEPS, nextKey } from './contact-state.ts'
import { type LinkedLidsRow, linkLidsStatement } from './lid-sql.ts'
import type { InboundStore } from './store-inbounds.ts'

/** A LID and the phone that an event gives for it, both as WhatsApp ids. */
export type LidPair = { lid: string; phone: string }

/** The LIDs that this process has linked, or found to be separate contacts. */
export type KnownLids = {
  /** Whether the LID is another id of the phone's contact; null: it must be read. */
  isLinked(pair: LidPair): boolean | null
  /** Returns whether the LID is new to this process. */
  set(pair: LidPair, isLinked: boolean, since: number): boolean
}

/** LIDs in memory: some 10 MB. */
const REMEMBERED = 50_000
/** LIDs of one statement. */
const AT_ONCE = 500

const NOT_JOINED =
  'a person has conversations under a phone and under a LID; they stay two contacts. Join them with contact.link.'

export function createKnownLids(drops: ContactDrops): KnownLids {
  const cache = new LRUCache<string, { phone: string; isLinked: boolean; since: number }>({ max: REMEMBERED })
  return {
    isLinked({ lid, phone }) {
      const known = cache.get(lid)
      return known?.phone !== phone || drops.isDropped(lid, known.since) ? null : known.isLinked
    },
    set({ lid, phone }, isLinked, since) {
      const isNew = !cache.has(lid)
      cache.set(lid, { phone, isLinked, since })
      return isNew
    },
  }
}

const ourInstancesStatement: Statement = statement(
  'read_our_instances',
  `select g.instance from unnest($1::text[]) g(instance) where ${isOurs('g.instance')}`,
)

const statements = new Map<ClientIds['kind'], Statement>()

type Open = LidPair & { contact: ContactIds; lidIds: ContactIds }

/**
 * Makes LIDs other ids of their phones' contacts, so that a person is one contact. Sends nothing for LIDs that are in memory. Nothing is
 * stored of events of instances that are not ours: an Evolution that other bots share sends those, too.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function linkLids(
  store: InboundStore,
  known: KnownLids,
  pairs: readonly (LidPair & { instance: string })[],
): Promise<void> {
  const unread = pairs.filter((pair) => known.isLinked(pair) === null)
  const ours = await readOurInstances(store, unread)
  let open = unread.flatMap(({ instance, lid, phone }): Open[] => {
    if (!ours.has(instance)) return []
    return [{ lid, phone, contact: contactIds(store, phone), lidIds: contactIds(store, lid) }]
  })
  for (let step = 1; step <= MOST_STEPS && open.length > 0; step++) {
    const redirected: Open[] = []
    for (const some of parts(withoutTwins(open), AT_ONCE)) {
      const { found, redirects } = await linkSome(store, some)
      let apart = 0
      for (const [place, result] of found) {
        const one = some[place - 1]
        const isNew = one && known.set(one, result === 'linked', store.drops.count())
        if (isNew && result === 'both') apart++
      }
      if (apart > 0) store.log.warn({ contacts: apart }, NOT_JOINED)
      for (const [place, state] of redirects) {
        const one = some[place - 1]
        const key = one && nextKey(state, one.contact.key, one.phone)
        // An operator may have made the phone an id of the LID.
        if (one && key === one.lidIds.key) known.set(one, true, store.drops.count())
        else if (one && key) redirected.push({ ...one, contact: idsOfKey(store, key) })
      }
    }
    open = redirected
  }
}

async function readOurInstances(
  store: InboundStore,
  events: readonly { instance: string }[],
): Promise<ReadonlySet<string>> {
  if (events.length === 0) return new Set()
  const names = [...new Set(events.map(({ instance }) => instance))]
  const rows = await store.sql.run<{ instance: string }>(ourInstancesStatement, [names])
  return new Set(rows.map(({ instance }) => instance))
}

async function linkSome(store: InboundStore, some: readonly Open[]): Promise<LinkedLidsRow> {
  const link = statements.get(store.clients.kind) ?? linkLidsStatement(store.clients)
  statements.set(store.clients.kind, link)
  const [row] = await repeatUndone(() =>
    store.sql.run<LinkedLidsRow>(link, [
      store.clock(),
      some.map((one) => one.lidIds.key),
      some.map((one) => one.contact.key),
      some.map((one) => one.contact.client),
      some.map((one) => formsText(one.contact.clients)),
      some.map((one) => one.lidIds.client),
      some.map((one) => contactHash(one.lidIds.key) + contactHash(one.contact.key)),
    ]),
  )
  if (!row) throw new Error('the statement that links LIDs returned no row')
  store.drops.drop(row.hashes ?? '')
  return row
}

/** One LID for each contact, and one phone for each LID: the others come with a later event. */
function withoutTwins(open: readonly Open[]): Open[] {
  const seen = new Set<string>()
  return open.filter(({ lidIds, contact }) => {
    if (seen.has(lidIds.key) || seen.has(contact.key)) return false
    seen.add(lidIds.key).add(contact.key)
    return true
  })
}
