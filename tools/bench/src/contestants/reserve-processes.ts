import type { Arena } from '../arena.ts'
import type { ContestantName } from '../goals.ts'
import { openLoadProcess } from '../load/load-process.ts'
import { measureCost } from '../load/measure-cost.ts'
import { type Measured, median } from '../measured.ts'
import { processesOf } from '../read-usage.ts'
import { CALLERS, type Contestant, type Times } from './contestant.ts'

/** Processes see each other within a second. */
const SEEN_AFTER_MS = 1_500

/** zapfleet's engine in several processes on one database, as API processes are; they share the callers. */
export async function openReserveProcesses(
  arena: Arena,
  name: ContestantName,
  { numbers, processes }: { numbers: number; processes: number },
): Promise<Contestant> {
  const address = await arena.fleetDatabase({ numbers, pools: 0 })
  const all = Array.from({ length: processes }, () => openLoadProcess(arena))
  const callers = Math.floor(CALLERS / processes)
  const readUsage = arena.usageOf(processesOf(all.map(({ pid }) => pid)))
  const order = { address, apiKey: '', client: 'fleet', procedure: 'reserve', callers } as const
  return {
    name,
    driven: `reserve(fleet, { contactId, strategy: 'sticky' }) in ${processes} processes, ${callers} callers in each, ${numbers} numbers`,
    async run({ warmUpMs, measuredMs }, signal) {
      const times = { warmUpMs: Math.max(warmUpMs, SEEN_AFTER_MS), measuredMs }
      const run = async (part: Times): Promise<Measured> =>
        together(await Promise.all(all.map((one) => one.run({ ...part, ...order }, signal))))
      return measureCost(run, times, { callers: callers * processes, readUsage })
    },
  }
}

/** The results of processes at the same time, as one. */
function together(all: readonly Measured[]): Measured {
  const sum = (of: (one: Measured) => number): number => all.reduce((total, one) => total + of(one), 0)
  return {
    calls: sum((one) => one.calls),
    errors: sum((one) => one.errors),
    firstError: all.find((one) => one.firstError !== null)?.firstError ?? null,
    perSecond: sum((one) => one.perSecond),
    p50Ms: median(all.flatMap((one) => one.p50Ms ?? [])),
  }
}
