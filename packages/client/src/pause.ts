/** Resolves after this time, in milliseconds, or as soon as one of the signals aborts. */
export function pause(ms: number, ...signals: (AbortSignal | null | undefined)[]): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      for (const signal of signals) signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    for (const signal of signals) {
      if (signal?.aborted) end()
      else signal?.addEventListener('abort', end)
    }
  })
}
