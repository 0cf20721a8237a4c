import type { Log } from '@zapfleet/core'

/** Work that repeats while this process leads. `stop` starts no more of it and waits for what runs. */
export type Repeated = { stop(): Promise<void> }

/**
 * Runs `work` at once and then every `everyMs` while `leading`; one run at a time, a tick during a run is dropped. A failed run writes
 * one line, and the next tick tries again. Runs are not stored: there are too many.
 */
export function repeatWhileLeading(options: {
  everyMs: number
  leading: () => boolean
  work: (signal: AbortSignal) => Promise<unknown>
  log: Log
  /** What a failed run writes to the log. */
  failed: string
}): Repeated {
  const { everyMs, leading, work, log, failed } = options
  const stopping = new AbortController()
  let running: Promise<void> | null = null
  const tick = (): void => {
    if (running !== null || !leading()) return
    running = work(stopping.signal)
      .then(
        () => {},
        (error: unknown) => log.warn({ err: error }, failed),
      )
      .finally(() => {
        running = null
      })
  }
  const timer = setInterval(tick, everyMs)
  tick()
  return {
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await running
    },
  }
}
