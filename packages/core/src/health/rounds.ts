import { coalesceRuns } from '../ground/coalesce-runs.ts'
import { type SharedFor, shareFor } from '../ground/share-for.ts'
import type { HealthSummary } from './health.ts'

/** How often a round reads why numbers closed that were closed before; all of them together cost Evolution some 100 ms. */
const THOROUGH_EVERY_MS = 60_000
/** How long callers without a key share a round. */
const SHARED_FOR_MS = 5_000

/** The health rounds of one process: they never overlap. */
export type Rounds = {
  /** Runs one round after the present one; all who wait for it share it. */
  run(round: (thorough: boolean) => Promise<void>): Promise<void>
  readonly shared: SharedFor<HealthSummary>
}

export function createRounds(): Rounds {
  const rounds = coalesceRuns<void>()
  let thoroughAtMs = Number.NEGATIVE_INFINITY
  return {
    run: (round) =>
      rounds.run(() => {
        const thorough = performance.now() - thoroughAtMs >= THOROUGH_EVERY_MS
        if (thorough) thoroughAtMs = performance.now()
        return round(thorough)
      }),
    shared: shareFor(SHARED_FOR_MS),
  }
}
