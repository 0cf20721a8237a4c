import { FleetError } from './fleet-error.ts'

/** The subscriptions to a feed. */
export type Subscriptions = {
  /**
   * Opens a subscription. It ends when its reader ends it, `callerSignal` aborts, `begin` throws, or `close` is called.
   *
   * @param begin returns the events; its `signal` aborts when the subscription ends
   * @throws FleetError OVERLOADED after `close`; what `begin` throws
   */
  open<Event>(
    callerSignal: AbortSignal,
    begin: (signal: AbortSignal) => Promise<AsyncIterable<Event>>,
  ): Promise<AsyncIterable<Event>>
  /** Ends every subscription and refuses new ones. */
  close(): void
}

export function createSubscriptions(): Subscriptions {
  const ends = new Set<() => void>()
  let closed = false
  return {
    async open(callerSignal, begin) {
      if (closed)
        throw new FleetError('OVERLOADED', 'This process is stopping. Subscribe again; another will answer.')
      const subscription = new AbortController()
      const end = (): void => {
        ends.delete(end)
        callerSignal.removeEventListener('abort', end)
        subscription.abort()
      }
      ends.add(end)
      callerSignal.addEventListener('abort', end)
      try {
        const events = await begin(subscription.signal)
        if (callerSignal.aborted) end()
        return withEnd(events, end)
      } catch (error) {
        end()
        throw error
      }
    },
    close() {
      closed = true
      for (const end of [...ends]) end()
    },
  }
}

async function* withEnd<Event>(events: AsyncIterable<Event>, end: () => void): AsyncGenerator<Event, void> {
  try {
    yield* events
  } finally {
    end()
  }
}
