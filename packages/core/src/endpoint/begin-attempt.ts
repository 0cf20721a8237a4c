/** An attempt that is aborted after a time, or when the signal of its caller is. `end` must be called. */
export type RunningAttempt = { signal: AbortSignal; isLate(): boolean; end(): void }

/** Begins an attempt. Not by AbortSignal.any: a signal that lives for weeks would keep a part of each attempt. */
export function beginAttempt(timeoutMs: number, outer?: AbortSignal): RunningAttempt {
  const attempt = new AbortController()
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    attempt.abort()
  }, timeoutMs)
  const giveUp = (): void => attempt.abort()
  outer?.addEventListener('abort', giveUp)
  if (outer?.aborted) giveUp()
  return {
    signal: attempt.signal,
    isLate: () => isLate,
    end() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', giveUp)
    },
  }
}
