import type { TRPCClient } from '@trpc/client'
import type { FleetError } from './fleet-error.ts'
import type { FleetRouter, Instance } from './router.ts'

/**
 * An event of the fleet: a change, with the instance right after it and an `id` to resume from, or the present counters, at
 * most once a second.
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
      /** Counters have no id: a resumed stream samples them again. */
      id: null
      /** The instances whose counters changed. */
      instances: Instance[]
    }

/** State of the stream: `connecting` (also after an interruption), `live`, or `ended` for good. */
export type StreamState = 'connecting' | 'live' | 'ended'

/** Listeners of `watch`, and the event after which it begins. */
export type WatchOptions = {
  /** Called for each event, in order. */
  onEvent(event: FleetEvent): void
  /** `error` is why the stream reconnects or ended; null when nothing failed. */
  onState?(state: StreamState, error: FleetError | null): void
  /** The id of the last event that was received: the stream begins after it. */
  lastEventId?: string | null
}

/**
 * Follows the fleet over one connection, which reconnects and then sends what was missed. Ends by `stop`, or when the key is
 * refused.
 */
export function watch(calls: TRPCClient<FleetRouter>, options: WatchOptions): { stop(): void } {
  const { onEvent, onState, lastEventId = null } = options
  let last: StreamState | null = null
  const notify = (state: StreamState, error: FleetError | null): void => {
    if (last === 'ended' || (state === last && error === null)) return
    last = state
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
        notify(state.state === 'pending' ? 'live' : 'connecting', state.error as FleetError | null)
      },
      onError: (error) => notify('ended', error as FleetError),
      onComplete: () => notify('ended', null),
    },
  )
  return {
    stop() {
      stream.unsubscribe()
      notify('ended', null)
    },
  }
}
