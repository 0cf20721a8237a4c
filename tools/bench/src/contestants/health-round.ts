import { callOf, checkAllInstances, type FleetConfig } from '@zapfleet/core'
import type { Arena } from '../arena.ts'
import type { ContestantName } from '../goals.ts'
import { costOf } from '../load/drive.ts'
import { type Cost, type Measured, median, medianCost } from '../measured.ts'
import type { Contestant, Times } from './contestant.ts'
import { openBenchFleet } from './reserve.ts'

type Round = { tookMs: number; cost: Cost | undefined }

/** An Evolution that is down: all numbers are silent. */
const silent = {
  connectionState: () => Promise.reject(new Error('connection refused')),
} as unknown as FleetConfig['evolution']

/**
 * Health rounds while Evolution is down. Before each one, outside of the measured time, all numbers are set to connected with
 * one silent reading, so the round sets each of them to unknown and writes an event for it.
 */
export async function openHealthRound(
  arena: Arena,
  name: ContestantName,
  { numbers }: { numbers: number },
  report: (line: string) => void,
): Promise<Contestant> {
  const fleet = await openBenchFleet(arena, { numbers, pools: 0 }, report, silent)
  const round = async (): Promise<Round> => {
    await fleet.sql.prisma.instance.updateMany({
      data: { status: 'connected', statusReason: null, silentRounds: 1 },
    })
    const before = await arena.readUsage()
    const startedAt = performance.now()
    const readings = await checkAllInstances(callOf(fleet))
    const tookMs = performance.now() - startedAt
    const cost = costOf(before, await arena.readUsage(), 1)
    if (readings.length !== numbers || readings.some((one) => one.status !== 'unknown'))
      throw new Error('a health round did not store what it saw')
    return { tookMs, cost }
  }
  return {
    name,
    driven: `checkAllInstances(call) in one process, one at a time, ${numbers} numbers, each of which changes`,
    async run({ warmUpMs, measuredMs }: Times, signal): Promise<Measured> {
      await takeFor(round, warmUpMs, signal)
      const rounds = await takeFor(round, measuredMs, signal)
      const took = rounds.map(({ tookMs }) => tookMs)
      const seconds = took.reduce((sum, ms) => sum + ms, 0) / 1_000
      return {
        calls: took.length,
        errors: 0,
        firstError: null,
        perSecond: took.length / seconds,
        p50Ms: median(took),
        cost: medianCost(rounds.flatMap(({ cost }) => cost ?? [])),
      }
    },
  }
}

/** At least one round, and more until they took this long together. */
async function takeFor(round: () => Promise<Round>, forMs: number, signal: AbortSignal): Promise<Round[]> {
  const rounds: Round[] = []
  for (let sum = 0; (sum < forMs || rounds.length === 0) && !signal.aborted; ) {
    const one = await round()
    rounds.push(one)
    sum += one.tookMs
  }
  return rounds
}
