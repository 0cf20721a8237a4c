import type { Call } from '../ground/call.ts'
import type { OutcomeFleet } from '../outcome/outcome-fleet.ts'
import type { MessageQueue } from './message-queue.ts'
import type { MessageStore } from './message-store.ts'
import type { SendTimes } from './next-step.ts'
import type { MessageFeed } from './open-message-feed.ts'

/** What messages need of a fleet. */
export type MessageFleet = OutcomeFleet & {
  readonly messages: MessageStore
  readonly messageQueue: MessageQueue
  readonly messageFeed: MessageFeed
  readonly sendTimes: SendTimes
  /** Calls back at each change of an instance, in any process; where no notification arrives, never. Returns how to end it. */
  readonly onFleetChange: (listener: () => void) => () => void
}

export type MessageCall = Call<MessageFleet>
