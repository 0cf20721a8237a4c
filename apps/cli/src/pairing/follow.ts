/** What one subscription tells its listener. */
export type Listener<T> = {
  data(value: T): void
  /** The connection is lost and tried again by itself. */
  away(): void
  /** It is there (again): what comes from now on is fresh. */
  back(): void
}

/** How tRPC's clients take a subscription's ears. */
type Ears<T> = {
  signal: AbortSignal
  onData(value: T): void
  onError(error: unknown): void
  onComplete(): void
  onConnectionStateChange(change: { state: 'idle' | 'connecting' | 'pending'; error?: unknown }): void
}

/**
 * Listens to a subscription until it ends by itself, or `signal` aborts (then it resolves as well). A lost connection is
 * no end.
 *
 * @throws what the API refused it with
 */
export function follow<T>(
  subscribe: (ears: Ears<T>) => { unsubscribe(): void },
  listener: Listener<T>,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve()
    let away = false
    const end = (settle: () => void) => {
      signal.removeEventListener('abort', stop)
      subscription.unsubscribe()
      settle()
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
