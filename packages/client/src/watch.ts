import type { TRPCClient } from '@trpc/client'
import type { FleetError } from './fleet-error.ts'
import type { FleetRouter, Instance } from './router.ts'

/**
 * What happens in the fleet: a change, with the instance as it was right after it and an `id` to come back with, or
 * counters as they stand, at most once a second.
 */
export type FleetEvent =
  | {
      /** What happened to the instance. */
      type: 'created' | 'status' | 'settings' | 'deleted'
      /** For `lastEventId`. */
      id: string
      /** The instance right after it. */
      instance: Instance
    }
  | {
      /** Counters changed. */
      type: 'counters'
      /** Counters have no id: they are read anew. */
      id: null
      /** The instances whose counters changed. */
      instances: Instance[]
    }

/** How the stream does: `connecting` (the first time and again), `live`, `ended` for good. */
export type StreamState = 'connecting' | 'live' | 'ended'

/** What `watch` calls, and where it begins. */
export type WatchOptions = {
  /** Called for each event, in order. */
  onEvent(event: FleetEvent): void
  /** `error` tells why it connects again, or why it ended; null when nothing went wrong. */
  onState?(state: StreamState, error: FleetError | null): void
  /** The id of the last event that was seen, to be told what came after it. */
  lastEventId?: string | null
}

/**
 * Follows the fleet over one connection, which comes back by itself and then tells what was missed. It ends by `stop`, or
 * when the key is refused.
 */
export function watch(calls: TRPCClient<FleetRouter>, options: WatchOptions): { stop(): void } {
  const { onEvent, onState, lastEventId = null } = options
  let told: StreamState | null = null
  const tell = (state: StreamState, error: FleetError | null): void => {
    if (told === 'ended' || (state === told && error === null)) return
    told = state
    onState?.(state, error)
  }
  const stream = calls.instance.onChange.subscribe(
    { lastEventId },
    {
      onData(event) {
        if ('data' in event) onEvent({ id: event.id, ...event.data })
        else onEvent({ id: null, ...event })
      },
      onConnectionStateChange(state) {
        if (state.state === 'idle') return
        tell(state.state === 'pending' ? 'live' : 'connecting', state.error as FleetError | null)
      },
      onError: (error) => tell('ended', error as FleetError),
      onComplete: () => tell('ended', null),
    },
  )
  return {
    stop() {
      stream.unsubscribe()
      tell('ended', null)
    },
  }
}
