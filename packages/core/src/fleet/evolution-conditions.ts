import { madeOnce } from '../ground/made-once.ts'
import { type SharedFor, shareFor } from '../ground/share-for.ts'
import type { EvolutionProblem } from '../health/check-evolution.ts'

/** How long calls share one reading of Evolution. */
const SHARED_FOR_MS = 10_000

/** What a process reads of Evolution itself. */
export type EvolutionReading = {
  problem: EvolutionProblem | null
  /** Evolution's root route calls WhatsApp each time and is slow when that is away, so it is read until it was read once. */
  about: { version: string; simulated: boolean } | null
  /** When the key was last accepted, by this process's clock. */
  acceptedAtMs: number | null
}

type ReadEvolution = (before: EvolutionReading | null) => Promise<EvolutionReading>

/** The last reading of a server, shared for 10 s. */
export type EvolutionConditions = {
  /** @param read receives the reading before, null before the first */
  run(read: ReadEvolution): Promise<EvolutionReading>
  /** The same now, whatever was read before. */
  again(read: ReadEvolution): Promise<EvolutionReading>
}

/** Those of each server, made at the first use. */
export const createServerConditions = (): ((server: string) => EvolutionConditions) =>
  madeOnce(createEvolutionConditions)

function createEvolutionConditions(): EvolutionConditions {
  let shared: SharedFor<EvolutionReading> = shareFor(SHARED_FOR_MS)
  let before: EvolutionReading | null = null
  const run = (read: ReadEvolution): Promise<EvolutionReading> =>
    shared.run(async () => {
      before = await read(before)
      return before
    })
  return {
    run,
    again(read) {
      shared = shareFor(SHARED_FOR_MS)
      before = null
      return run(read)
    },
  }
}
