/** Callers that wait for the next change. A caller whose signal aborts is removed. */
export type Waiters = {
  wakeAll(): void
  /** Resolves at the next `wakeAll`, or when the signal is aborted; at once if it is already. */
  wait(signal: AbortSignal): Promise<void>
}

export function createWaiters(): Waiters {
  const waiting = new Set<() => void>()
  return {
    wakeAll() {
      const woken = [...waiting]
      waiting.clear()
      for (const wake of woken) wake()
    },
    wait(signal) {
      if (signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = (): void => {
          waiting.delete(wake)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        waiting.add(wake)
        signal.addEventListener('abort', wake)
      })
    },
  }
}
