/** Wakes all who wait. Who waits and is gone leaves nothing behind. */
export type Bell = {
  ring(): void
  /** Resolves at the next ring, or when the signal is aborted; at once if it is already. */
  wait(signal: AbortSignal): Promise<void>
}

/** A bell that nobody waits for yet. */
export function createBell(): Bell {
  const waiting = new Set<() => void>()
  return {
    ring() {
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
