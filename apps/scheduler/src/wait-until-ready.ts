import type { Log } from '@zapfleet/core'

/** The first pause between two tries; it doubles up to the longest. */
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5_000

/** One try: whatever was waited for, or the reason why it is not there yet. It throws where waiting cannot help. */
export type Attempt<Result> = () => Promise<
  { ready: true; result: Result } | { ready: false; reason: string }
>

/**
 * Tries until it succeeds, with pauses that double from 0.25 s to 5 s. Each new reason is one line in the log, so that
 * whoever starts things in the wrong order sees what is waited for. Rejects with what a try throws, and when aborted.
 */
export async function waitUntilReady<Result>(
  attempt: Attempt<Result>,
  options: { log: Log; signal: AbortSignal; pause: (ms: number, signal: AbortSignal) => Promise<void> },
): Promise<Result> {
  let told = ''
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    options.signal.throwIfAborted()
    const outcome = await attempt()
    if (outcome.ready) return outcome.result
    if (outcome.reason !== told) {
      told = outcome.reason
      options.log.warn({ reason: told }, 'waiting for the database')
    }
    await options.pause(pauseMs, options.signal)
  }
}
