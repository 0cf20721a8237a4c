import { setTimeout as pause } from 'node:timers/promises'
import pLimit from 'p-limit'

const READS_AT_ONCE = 2
const RETRY_MS = 1_000

/**
 * Reads for a subscriber that is too far behind for the memory of its feed. A read that fails is repeated after a second. Returns null when
 * `signal` aborts.
 */
export type LimitedRead = <Page>(signal: AbortSignal, read: () => Promise<Page>) => Promise<Page | null>

/** Limits the reads of all subscribers of a feed to two at once; the others wait. */
export function limitReads(): LimitedRead {
  const limit = pLimit(READS_AT_ONCE)
  return async (signal, read) => {
    while (!signal.aborted) {
      try {
        return await limit(async () => (signal.aborted ? null : read()))
      } catch {
        await pause(RETRY_MS, undefined, { signal }).catch(() => {})
      }
    }
    return null
  }
}
