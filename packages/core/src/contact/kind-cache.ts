import { LRUCache } from 'lru-cache'
import { type ContactDrops, createContactDrops } from './contact-drops.ts'
import type { Kind } from './conversations.ts'

/**
 * The kinds of messages that were read of conversations, in the memory of one process for five minutes, so that further messages to a
 * contact, from the same number or another, cost no further reading. A contact that writes, or whose first message is given back or
 * fails, is dropped in every process. What another process sends to a contact is not seen until the five minutes end.
 */
export type KindCache = {
  /** The number of drops so far; a claim takes it before it reads kinds. */
  readonly drops: number
  /** The kind of a message from this instance to this contact; null: it must be read. */
  get(contact: string, instance: string): Kind | null
  /**
   * Stores the kind that was read for a message that was granted: a contact that was new is known from then on.
   *
   * @param since `drops` before the reading began; default: now
   */
  set(contact: string, instance: string, read: Kind, since?: number): void
  /**
   * Stores the kinds that were read of a contact's conversations before a claim, by instance. Fewer than MOST_KINDS are all that it has:
   * it is new to the other instances.
   */
  remember(contact: string, read: Readonly<Record<string, Kind>> | null, since: number): void
  forget(contact: string): void
}

const REMEMBERED_FOR_MS = 300_000
/** While no notification can arrive: a contact that writes is read so soon. */
const REMEMBERED_UNTOLD_MS = 1_000
/** The clock is read at most once in this time. */
const CLOCK_EVERY_MS = 1_000
/** Contacts whose kinds are in memory: about 20 MB. */
const REMEMBERED = 50_000
/** Conversations of one contact that are in memory. */
export const MOST_KINDS = 32

/** `isWhole`: the contact is new to every instance that is not among its `kinds`. */
type Entry = { kinds: Map<string, Kind>; isWhole: boolean; since: number }

/** @param isTold whether this process receives the notifications about contacts that changed */
export function createKindCache(
  drops: ContactDrops = createContactDrops(),
  isTold: () => boolean = () => true,
): KindCache {
  const cache = new LRUCache<string, Entry>({
    max: REMEMBERED,
    ttl: REMEMBERED_FOR_MS,
    ttlResolution: CLOCK_EVERY_MS,
    perf: performance,
  })
  const isOld = (contact: string): boolean =>
    cache.getRemainingTTL(contact) < REMEMBERED_FOR_MS - REMEMBERED_UNTOLD_MS
  const present = (contact: string): Entry | null => {
    const entry = cache.get(contact)
    if (!entry || drops.isDropped(contact, entry.since)) return null
    return isTold() || !isOld(contact) ? entry : null
  }
  return {
    get drops() {
      return drops.count()
    },
    get(contact, instance) {
      const entry = present(contact)
      return entry === null ? null : (entry.kinds.get(instance) ?? (entry.isWhole ? 'new' : null))
    },
    set(contact, instance, read, since = drops.count()) {
      // An entry that was read after the drop is newer than this.
      if (drops.isDropped(contact, since)) return
      const kind = read === 'reply' ? 'reply' : 'known'
      const entry = present(contact)
      if (entry !== null && entry.kinds.size < MOST_KINDS) entry.kinds.set(instance, kind)
      else cache.set(contact, { kinds: new Map([[instance, kind]]), isWhole: false, since })
    },
    remember(contact, read, since) {
      const kinds = new Map(read === null ? [] : Object.entries(read))
      cache.set(contact, { kinds, isWhole: kinds.size < MOST_KINDS, since })
    },
    forget: (contact) => void cache.delete(contact),
  }
}
