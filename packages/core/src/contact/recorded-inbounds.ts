import { LRUCache } from 'lru-cache'

/**
 * When the messages were recorded that a bot recorded without a moment, in milliseconds since 1970, by instance and id of the message: a
 * repeated call changes nothing.
 */
export type RecordedInbounds = LRUCache<string, number>

/** Messages in memory: some 3 MB. */
const REMEMBERED = 20_000

export function createRecordedInbounds(): RecordedInbounds {
  return new LRUCache({ max: REMEMBERED })
}
