import type { Log } from './log.ts'

/**
 * Does `work` at once and again `everyMs` after its end, until `signal` aborts. Never rejects: a failure is logged as `failed`, and the next
 * turn tries again.
 *
 * @param options.everyMs as a function: called after each turn
 * @param options.onWake registers a function that ends a rest at once, and that makes another turn follow a running one; returns how to end it
 */
export async function repeatUntil(
  signal: AbortSignal,
  options: {
    everyMs: number | (() => number)
    failed: string
    log: Log
    onWake?: (wake: () => void) => () => void
  },
  work: () => Promise<unknown>,
): Promise<void> {
  const { everyMs, failed, log, onWake } = options
  let isWoken = false
  let endRest = (): void => {}
  const wake = (): void => {
    isWoken = true
    endRest()
  }
  const stopWaking = onWake?.(wake)
  signal.addEventListener('abort', wake, { once: true })
  while (!signal.aborted) {
    isWoken = false
    await work().catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, failed)
    })
    if (isWoken) continue
    const ms = typeof everyMs === 'number' ? everyMs : everyMs()
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      endRest = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
  signal.removeEventListener('abort', wake)
  stopWaking?.()
}
