import type { Kind } from './conversations.ts'

/**
 * The kinds of messages that were read of conversations, in the memory of one process for some minutes, so that a contact who
 * stays with a number costs no further reading. An entry misses what the contact wrote since.
 */
export type KindCache = {
  /** The kind of a message from this instance to this contact; null: it must be read. */
  get(contact: string, instance: string): Exclude<Kind, 'new'> | null
  /** Stores the kind that was read for a message that was granted: a contact that was new is known from then on. */
  set(contact: string, instance: string, read: Kind): void
}

/** An entry lives for one to two of these. */
const GENERATION_MS = 150_000
/** A generation ends earlier with so many contacts: two of them are about 15 MB. */
const GENERATION_MAX = 50_000

type Entry = { instance: string; kind: Exclude<Kind, 'new'> }

/** @param nowMs a clock that never moves back, in milliseconds */
export function createKindCache(nowMs: () => number = () => performance.now()): KindCache {
  let older = new Map<string, Entry>()
  let newer = new Map<string, Entry>()
  let startedAtMs = nowMs()
  const beginGeneration = (): void => {
    const ageMs = nowMs() - startedAtMs
    if (ageMs < GENERATION_MS && newer.size < GENERATION_MAX) return
    older = ageMs < 2 * GENERATION_MS ? newer : new Map()
    newer = new Map()
    startedAtMs = nowMs()
  }
  return {
    get(contact, instance) {
      beginGeneration()
      const entry = newer.get(contact) ?? older.get(contact)
      return entry?.instance === instance ? entry.kind : null
    },
    set(contact, instance, read) {
      beginGeneration()
      newer.set(contact, { instance, kind: read === 'reply' ? 'reply' : 'known' })
    },
  }
}
