import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from './log.ts'

/**
 * Does `work` at once and again `everyMs` after its end, until `signal` aborts. Never rejects: a failure is logged as `failed`, and the next
 * turn tries again.
 *
 * @param options.everyMs as a function: called after each turn
 */
export async function repeatUntil(
  signal: AbortSignal,
  { everyMs, failed, log }: { everyMs: number | (() => number); failed: string; log: Log },
  work: () => Promise<unknown>,
): Promise<void> {
  while (!signal.aborted) {
    await work().catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, failed)
    })
    await pause(typeof everyMs === 'number' ? everyMs : everyMs(), undefined, { signal }).catch(() => {})
  }
}
