import type { EventFeed, FleetEvent, InstanceEvent } from '../../src/index.ts'

/** A subscriber that stores all events it receives. */
export type Listener = {
  stored: InstanceEvent[]
  counters: Extract<FleetEvent, { type: 'counters' }>[]
  /** The ids of the stored events so far. */
  ids(): number[]
  /** Unsubscribes; resolves when the subscription has ended. */
  leave(): Promise<void>
  ended: Promise<void>
}

/** Subscribes and stores all events. */
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
