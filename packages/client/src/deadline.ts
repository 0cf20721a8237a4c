/** The end of an undertaking: a moment, or the caller who leaves before. */
export type Deadline = {
  /** Aborts then. */
  signal: AbortSignal
  /** What is left, in whole milliseconds; 0 when it is over. */
  remainingMs(): number
  /** Resolves this long after the signal aborted; never when `end` was called before. */
  overBy(ms: number): Promise<void>
  /** Lets go of timers and listeners. */
  end(): void
}

/** Starts now. */
export function openDeadline(withinMs: number, leaving: AbortSignal | undefined): Deadline {
  const endMs = performance.now() + withinMs
  const over = new AbortController()
  const leave = (): void => over.abort(leaving?.reason)
  const timers = [
    setTimeout(
      () => over.abort(new DOMException(`not done within ${withinMs} ms`, 'TimeoutError')),
      withinMs,
    ),
  ]
  if (leaving?.aborted) leave()
  leaving?.addEventListener('abort', leave)
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
      leaving?.removeEventListener('abort', leave)
    },
  }
}
