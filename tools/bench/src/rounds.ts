import type { Contestant, Times } from './contestants/contestant.ts'
import type { Round } from './verdict.ts'

/**
 * The number of rounds, and the duration of each contestant in them. Before the first round each contestant runs for `settleMs` uncounted: code
 * is optimized and caches are full in a program that has run for some seconds, as programs in production have.
 */
export type Plan = Times & { rounds: number; settleMs: number }

/** Less than half an hour. Several rounds are less sensitive to noise than one long one. */
export const FULL: Plan = { rounds: 5, settleMs: 5_000, warmUpMs: 1_000, measuredMs: 2_000 }
/** Some seven minutes. */
export const SHORT: Plan = { rounds: 3, settleMs: 1_500, warmUpMs: 500, measuredMs: 500 }

/** A contestant that has not ended a stretch after this time is stuck. */
const STUCK_AFTER_MS = 180_000

/**
 * Runs every contestant once per round (those that are measured `once` in the first one only), one at a time, so that other work on the machine affects all alike. Every
 * second round runs in reverse order, so that no contestant always follows the same one.
 * @throws Error when a contestant cannot run or is stuck, or when `signal` is aborted
 */
export async function runRounds(
  contestants: readonly Contestant[],
  plan: Plan,
  options: { signal: AbortSignal; report: (line: string) => void },
): Promise<Round[]> {
  const { signal, report } = options
  await settle(contestants, plan, options)
  const rounds: Round[] = []
  for (let round = 1; round <= plan.rounds; round++) {
    const startedAt = performance.now()
    const measured: [Contestant['name'], Awaited<ReturnType<Contestant['run']>>][] = []
    for (const contestant of round % 2 === 1 ? contestants : contestants.toReversed()) {
      if (contestant.once && round > 1) continue
      measured.push([contestant.name, await runBounded(contestant, plan, signal)])
      signal.throwIfAborted()
    }
    rounds.push(new Map(measured))
    report(`round ${round} of ${plan.rounds} took ${secondsSince(startedAt)} s`)
  }
  return rounds
}

/** Runs each contestant for a while, except those that are measured once: they have warm-ups of their own. */
async function settle(
  contestants: readonly Contestant[],
  { settleMs }: Plan,
  { signal, report }: { signal: AbortSignal; report: (line: string) => void },
): Promise<void> {
  const startedAt = performance.now()
  for (const contestant of contestants) {
    if (contestant.once) continue
    await runBounded(contestant, { warmUpMs: settleMs, measuredMs: 0 }, signal)
    signal.throwIfAborted()
  }
  report(`the contestants ran uncounted for ${secondsSince(startedAt)} s`)
}

const secondsSince = (startedAt: number): number => Math.round((performance.now() - startedAt) / 1000)

async function runBounded(contestant: Contestant, times: Times, signal: AbortSignal) {
  const stuck = new AbortController()
  const timer = setTimeout(() => stuck.abort(), STUCK_AFTER_MS)
  try {
    const either = AbortSignal.any([signal, stuck.signal])
    const aborted = new Promise<never>((_, reject) => {
      const fail = (): void => {
        const minutes = STUCK_AFTER_MS / 60_000
        reject(
          signal.aborted
            ? signal.reason
            : new Error(`"${contestant.name}" did not end a stretch within ${minutes} minutes.`),
        )
      }
      if (either.aborted) fail()
      else either.addEventListener('abort', fail, { once: true })
    })
    return await Promise.race([contestant.run(times, either), aborted])
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw new Error(`"${contestant.name}" could not run: ${(error as Error).message}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
