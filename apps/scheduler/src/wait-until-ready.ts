import type { Log } from '@zapfleet/core'

/** The first pause between two attempts; it doubles up to the longest. */
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/** One attempt: the result, or the reason why there is none yet. It throws where waiting cannot help. */
export type Attempt<Result> = () => Promise<
  { ready: true; result: Result } | { ready: false; reason: string }
>

/**
 * Tries until it succeeds, with pauses that double from 0.25 s to 5 s. Each new reason is a line in the log. Rejects with the
 * error of an attempt, and when aborted.
 */
export async function waitUntilReady<Result>(
  attempt: Attempt<Result>,
  options: { log: Log; signal: AbortSignal; pause: (ms: number, signal: AbortSignal) => Promise<void> },
): Promise<Result> {
  let logged = ''
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    options.signal.throwIfAborted()
    const outcome = await attempt()
    if (outcome.ready) return outcome.result
    if (outcome.reason !== logged) {
      logged = outcome.reason
      options.log.warn({ reason: logged }, 'waiting for the database')
    }
    await options.pause(pauseMs, options.signal)
  }
}
