import type { Log } from './log.ts'

/** A timer may end some milliseconds early. */
const EARLY_MS = 50

/**
 * The time until the next multiple of `everyMs` by the monotonic clock of this process, in milliseconds; at least 50, or 0 where `everyMs` is 0.
 * Works with periods of 5 and 15 s so begin together, and can share a statement (`readTogether`).
 */
export function msToStep(everyMs: number): number {
  if (everyMs <= 0) return 0
  const ms = everyMs - (performance.now() % everyMs)
  return ms < EARLY_MS ? ms + everyMs : ms
}

/**
 * Does `work` at once and then at each multiple of `everyMs` (see `msToStep`) at which it does not run, until `signal` aborts. Never rejects: a
 * failure is logged as `failed`, and the next turn tries again.
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
    const ms = msToStep(typeof everyMs === 'number' ? everyMs : everyMs())
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
