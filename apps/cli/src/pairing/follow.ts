/** A listener of one subscription. */
export type Listener<T> = {
  data(value: T): void
  /** The connection is lost; the client reconnects. */
  away(): void
  /** The connection is open, for the first time or again. */
  back(): void
}

/** The callbacks that a subscription of tRPC takes. */
type Callbacks<T> = {
  signal: AbortSignal
  onData(value: T): void
  onError(error: unknown): void
  onComplete(): void
  onConnectionStateChange(change: { state: 'idle' | 'connecting' | 'pending'; error?: unknown }): void
}

/**
 * Listens to a subscription until the API ends it or `signal` aborts; both resolve. A lost connection does not end it.
 *
 * @throws FleetError when the API refuses the subscription
 */
export function follow<T>(
  subscribe: (callbacks: Callbacks<T>) => { unsubscribe(): void },
  listener: Listener<T>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve()
    let away = false
    const end = (complete: () => void) => {
      signal.removeEventListener('abort', stop)
      subscription.unsubscribe()
      complete()
    }
    const stop = () => end(resolve)
    const guarded = (act: () => void) => {
      try {
        act()
      } catch (error) {
        end(() => reject(error as Error))
      }
    }
    const subscription = subscribe({
      signal,
      onData: (value) => guarded(() => listener.data(value)),
      onError: (error) => queueMicrotask(() => end(() => reject(error as Error))),
      onComplete: () => queueMicrotask(stop),
      onConnectionStateChange({ state, error }) {
        if (state === 'pending') {
          away = false
          guarded(() => listener.back())
        } else if (state === 'connecting' && error && !away) {
          away = true
          guarded(() => listener.away())
        }
      },
    })
    signal.addEventListener('abort', stop, { once: true })
  })
}
