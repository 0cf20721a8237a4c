import type { EventFeed, FleetEvent, InstanceEvent } from '../../src/index.ts'

/** A subscriber that takes whatever comes. */
export type Listener = {
  stored: InstanceEvent[]
  counters: Extract<FleetEvent, { type: 'counters' }>[]
  /** The stored events' ids so far. */
  ids(): number[]
  /** Leaves, and resolves when the subscription has ended. */
  leave(): Promise<void>
  ended: Promise<void>
}

/** Subscribes and takes everything as it comes. */
export async function listenTo(feed: EventFeed, lastEventId?: string): Promise<Listener> {
  const abort = new AbortController()
  const events = await feed.subscribe({ lastEventId }, abort.signal)
  const stored: InstanceEvent[] = []
  const counters: Listener['counters'] = []
  const ended = (async () => {
    for await (const event of events) {
      if (event.type === 'counters') counters.push(event)
      else stored.push(event)
    }
  })()
  return {
    stored,
    counters,
    ended,
    ids: () => stored.map((event) => Number(event.id)),
    leave: () => {
      abort.abort()
      return ended
    },
  }
}
