import { FleetError } from '../ground/fleet-error.ts'
import { shareFor } from '../ground/share-for.ts'
import type { MessageStore, Queue } from './message-store.ts'

/** How large the queue may become, over all processes. */
export type QueueLimits = { messages: number; bytes: number }

/** The size of the queue, as a process reads it once a second at most. */
export type MessageQueue = {
  /** @throws FleetError OVERLOADED where the queue is full, DATABASE_UNAVAILABLE */
  admit(bytes: number): Promise<void>
  /** Not older than a second. */
  read(): Promise<Queue>
}

export const QUEUE_LIMITS: QueueLimits = { messages: 200_000, bytes: 2 * 1024 ** 3 }
const READ_EVERY_MS = 1_000

/** @param limits the queue is full at either; processes may pass them by what they admit within a second */
export function createMessageQueue(store: Pick<MessageStore, 'queue'>, limits: QueueLimits): MessageQueue {
  const shared = shareFor<Queue>(READ_EVERY_MS)
  let admitted = { messages: 0, bytes: 0 }

  const read = (): Promise<Queue> =>
    shared.run(() => {
      admitted = { messages: 0, bytes: 0 }
      return store.queue()
    })

  return {
    async admit(bytes) {
      const { queued, bytes: stored } = await read()
      if (queued + admitted.messages >= limits.messages)
        throw new FleetError(
          'OVERLOADED',
          `The queue is full: ${limits.messages} messages wait. Send again later, or send fewer; MESSAGE_QUEUE_LIMIT raises the limit.`,
        )
      if (stored + admitted.bytes + bytes > limits.bytes)
        throw new FleetError(
          'OVERLOADED',
          'The queue is full: its media take all the room that is set aside for it. Send again later, or give the media by url.',
        )
      admitted.messages++
      admitted.bytes += bytes
    },
    read,
  }
}
