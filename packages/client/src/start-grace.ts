import type { SendVerdict } from '@zapfleet/sending'
import { pause } from './pause.ts'

/** One try of a send: the verdict, and what the request threw. */
export type Exchanged = { verdict: SendVerdict; cause?: unknown }

/** Runs sends to one Evolution server with the grace after its start. */
export type StartGrace = {
  run(sendOnce: () => Promise<Exchanged>, signal: AbortSignal | undefined): Promise<Exchanged>
}

const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 2_000

/**
 * The grace after a start of one Evolution server, shared by all messages of one sender. A message for an instance that is not loaded yet, or
 * that has no connection soon after, was not sent; it is sent again by the same number, for `forMs` at most. Then its last
 * verdict counts, and another number may be tried.
 */
export function createStartGrace(forMs: number): StartGrace {
  let startingUntilMs = Number.NEGATIVE_INFINITY
  return {
    async run(sendOnce, signal) {
      const giveUpAtMs = performance.now() + forMs
      for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)) {
        const exchanged = await sendOnce()
        const { verdict } = exchanged
        if (verdict.sent !== 'no') return exchanged
        const nowMs = performance.now()
        if (verdict.why === 'starting') startingUntilMs = nowMs + forMs
        const isStarting =
          verdict.why === 'starting' || (verdict.why === 'line_down' && nowMs < startingUntilMs)
        if (!isStarting || nowMs + pauseMs > giveUpAtMs || signal?.aborted) return exchanged
        await pause(pauseMs, signal)
        if (signal?.aborted) return exchanged
      }
    },
  }
}
