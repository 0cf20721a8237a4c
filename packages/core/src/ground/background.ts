import type { Log } from './log.ts'

/** Work for which its caller does not wait. */
export type Background = {
  /**
   * Starts `work`; what it throws is logged with the message `failed`. It must end soon after `signal` aborts, which happens
   * when the fleet closes; from then on nothing is started.
   */
  start(log: Log, failed: string, work: (signal: AbortSignal) => Promise<void>): void
  /** Ends all such work, and waits until it has ended. */
  close(): Promise<void>
}

export function openBackground(): Background {
  const closing = new AbortController()
  const running = new Set<Promise<void>>()
  const { signal } = closing
  return {
    start(log, failed, work) {
      if (signal.aborted) return
      const run = work(signal)
        .catch((error: unknown) => {
          if (!signal.aborted) log.warn({ err: error }, failed)
        })
        .finally(() => running.delete(run))
      running.add(run)
    },
    async close() {
      closing.abort()
      await Promise.all(running)
    },
  }
}
