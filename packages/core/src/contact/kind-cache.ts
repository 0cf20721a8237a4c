import { LRUCache } from 'lru-cache'
import { type ContactDrops, createContactDrops } from './contact-drops.ts'
import type { Kind } from './conversations.ts'

/**
 * The kinds of messages that were read of conversations, in the memory of one process for five minutes, so that a contact who
 * stays with a number costs no further reading. A contact that writes is dropped.
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
  /** Stores the kind that was read before a claim. `instance` null: the contact is new to each of them. */
  remember(contact: string, instance: string | null, read: Kind, since: number): void
  forget(contact: string): void
}

const REMEMBERED_FOR_MS = 300_000
/** While no notification can arrive: a contact that writes is read so soon. */
const REMEMBERED_UNTOLD_MS = 1_000
/** The clock is read at most once in this time. */
const CLOCK_EVERY_MS = 1_000
/** Contacts whose kinds are in memory: about 6 MB. */
const REMEMBERED = 50_000

type Entry = { instance: string | null; kind: Kind; since: number }

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
  return {
    get drops() {
      return drops.count()
    },
    get(contact, instance) {
      const entry = cache.get(contact)
      if (!entry || (entry.instance !== null && entry.instance !== instance)) return null
      if (drops.isDropped(contact, entry.since)) return null
      return isTold() || !isOld(contact) ? entry.kind : null
    },
    set(contact, instance, read, since = drops.count()) {
      cache.set(contact, { instance, kind: read === 'reply' ? 'reply' : 'known', since })
    },
    remember: (contact, instance, kind, since) => void cache.set(contact, { instance, kind, since }),
    forget: (contact) => void cache.delete(contact),
  }
}
