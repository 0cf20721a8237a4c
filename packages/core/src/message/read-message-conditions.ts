import type { SeenPools } from '../instance/in-pools.ts'
import type { MessageFleet } from './message-fleet.ts'
import { readSenders } from './read-senders.ts'

/** The queue of messages, and the processes that work on it. */
export type MessageConditions = {
  /** Messages that wait, scheduled ones included. */
  queued: number
  /** Messages that were handed to Evolution and have no certain answer yet. */
  sending: number
  /** Messages whose moment has not come. */
  scheduled: number
  /** Since when the oldest message that is due waits, ISO 8601 in UTC; null: none waits. */
  oldestAt: string | null
  /** Senders that run, of all processes. Without one, messages that wait are not sent. */
  senders: number
}

/**
 * Reads the queue, at most a second old, or as it is now that of some pools.
 *
 * @param pools only messages of these; all by default
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readMessageConditions(
  fleet: Pick<MessageFleet, 'sql' | 'clock' | 'messages' | 'messageQueue'>,
  pools?: SeenPools,
): Promise<MessageConditions> {
  const [{ queued, sending, scheduled, oldestAt }, senders] = await Promise.all([
    pools === undefined ? fleet.messageQueue.read() : fleet.messages.queue(pools),
    readSenders(fleet),
  ])
  return { queued, sending, scheduled, oldestAt: oldestAt?.toISOString() ?? null, senders }
}
