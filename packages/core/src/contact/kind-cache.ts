import { LRUCache } from 'lru-cache'
import type { Kind } from './conversations.ts'

/**
 * The kinds of messages that were read of conversations, in the memory of one process for five minutes, so that a contact who
 * stays with a number costs no further reading. An entry misses what the contact wrote since.
 */
export type KindCache = {
  /** The kind of a message from this instance to this contact; null: it must be read. */
  get(contact: string, instance: string): Exclude<Kind, 'new'> | null
  /** Stores the kind that was read for a message that was granted: a contact that was new is known from then on. */
  set(contact: string, instance: string, read: Kind): void
}

const REMEMBERED_FOR_MS = 300_000
/** The clock is read at most once in this time. */
const CLOCK_EVERY_MS = 1_000
/** Contacts whose kinds are in memory: about 6 MB. */
const REMEMBERED = 50_000

type Entry = { instance: string; kind: Exclude<Kind, 'new'> }

export function createKindCache(): KindCache {
  const cache = new LRUCache<string, Entry>({
    max: REMEMBERED,
    ttl: REMEMBERED_FOR_MS,
    ttlResolution: CLOCK_EVERY_MS,
    perf: performance,
  })
  return {
    get(contact, instance) {
      const entry = cache.get(contact)
      return entry?.instance === instance ? entry.kind : null
    },
    set(contact, instance, read) {
      cache.set(contact, { instance, kind: read === 'reply' ? 'reply' : 'known' })
    },
  }
}
