import { type EvolutionProblem, keyProblem } from '@zapfleet/core'
import { createEvolution, type Evolution, EvolutionError, type EvolutionInstance } from '@zapfleet/evolution'
import type { ClockSight } from './judge/clocks.ts'

/** The answer of Evolution, or the error of the call. `clock`: by the Date header of the answer; null without one. */
export type EvolutionSight = {
  greeting: { version: string; simulated: boolean } | EvolutionError
  inventory: EvolutionInstance[] | EvolutionError
  /** Null where the key opens every instance, or where that could not be read. */
  keyProblem: EvolutionProblem | null
  clock: ClockSight | null
}

const WITHIN_MS = 6_000

/** A client that is closed when `work` is done. */
export async function withEvolution<Result>(
  server: { url: string; apiKey: string },
  work: (evolution: Evolution) => Promise<Result>,
): Promise<Result> {
  const evolution = createEvolution(server)
  try {
    return await work(evolution)
  } finally {
    await evolution.close()
  }
}

/** Reads greeting, inventory, what the key opens, and time; changes nothing and never throws. */
export async function checkEvolution(evolution: Evolution, url: string): Promise<EvolutionSight> {
  const within = { timeoutMs: WITHIN_MS }
  const asError = (error: unknown): EvolutionError => {
    if (error instanceof EvolutionError) return error
    throw error
  }
  const [greeting, inventory, problem, clock] = await Promise.all([
    evolution.version(within).catch(asError),
    evolution.fetchInstances(within).catch(asError),
    keyProblem(evolution, within).catch(() => null),
    readClock(url),
  ])
  return { greeting, inventory, keyProblem: problem, clock }
}

/** A Date header has whole seconds: the real time is half a second later, plus or minus half a second. */
async function readClock(url: string): Promise<ClockSight | null> {
  try {
    const sentAt = Date.now()
    const answer = await fetch(url, { signal: AbortSignal.timeout(WITHIN_MS), redirect: 'manual' })
    const tookMs = Date.now() - sentAt
    await answer.body?.cancel()
    const said = Date.parse(answer.headers.get('date') ?? '')
    if (Number.isNaN(said)) return null
    return { aheadMs: said + 500 - (sentAt + tookMs / 2), doubtMs: tookMs / 2 + 500 }
  } catch {
    return null
  }
}
