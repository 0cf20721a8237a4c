import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { type SharedFor, shareFor } from '../ground/share-for.ts'

/** Events that are remembered to recognise their repetitions: Evolution repeats for some 20 minutes. */
const REMEMBERED = 10_000

/** What one process remembers of webhooks. */
export type Webhooks = {
  /** The fleet's secret, which a process reads once. */
  readonly secret: SharedFor<string>
  /** Whether an event with this body arrived before; remembers it. */
  isRepeated(body: Uint8Array): boolean
}

export function createWebhooks(): Webhooks {
  const digests = new LRUCache<string, true>({ max: REMEMBERED })
  return {
    secret: shareFor(Number.POSITIVE_INFINITY),
    isRepeated(body) {
      const digest = createHash('sha256').update(body).digest('base64url')
      if (digests.has(digest)) return true
      digests.set(digest, true)
      return false
    },
  }
}
