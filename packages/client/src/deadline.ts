/** A deadline: a point in time, or an earlier abort by the caller. */
export type Deadline = {
  /** Aborts at the deadline. */
  signal: AbortSignal
  /** Remaining time in whole milliseconds; 0 after the deadline. */
  remainingMs(): number
  /** Resolves this long after the signal aborted; never when `end` was called before. */
  overBy(ms: number): Promise<void>
  /** Removes timers and listeners. */
  end(): void
}

/** Starts now. */
export function openDeadline(withinMs: number, caller: AbortSignal | undefined): Deadline {
  const endMs = performance.now() + withinMs
  const over = new AbortController()
  const abort = (): void => over.abort(caller?.reason)
  const timers = [
    setTimeout(
      () => over.abort(new DOMException(`not done within ${withinMs} ms`, 'TimeoutError')),
      withinMs,
    ),
  ]
  if (caller?.aborted) abort()
  caller?.addEventListener('abort', abort)
  return {
    signal: over.signal,
    remainingMs: () => (over.signal.aborted ? 0 : Math.max(0, Math.ceil(endMs - performance.now()))),
    overBy: (ms) =>
      new Promise((resolve) => {
        const count = (): void => {
          timers.push(setTimeout(resolve, ms))
        }
        if (over.signal.aborted) count()
        else over.signal.addEventListener('abort', count, { once: true })
      }),
    end() {
      for (const timer of timers) clearTimeout(timer)
      caller?.removeEventListener('abort', abort)
    },
  }
}
