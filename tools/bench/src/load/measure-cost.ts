import type { Times } from '../contestants/contestant.ts'
import type { Measured } from '../measured.ts'
import type { ReadUsage } from '../read-usage.ts'
import { costOf } from './drive.ts'

/** Runs a stretch of load processes with its cost: the warm-up is a stretch of its own, so that its calls are not in the cost. */
export async function measureCost(
  run: (times: Times) => Promise<Measured>,
  { warmUpMs, measuredMs }: Times,
  { callers, readUsage }: { callers: number; readUsage: ReadUsage },
): Promise<Measured> {
  await run({ warmUpMs: 0, measuredMs: warmUpMs })
  const before = await readUsage()
  const measured = await run({ warmUpMs: 0, measuredMs })
  // A warm-up of no time is one call of each caller.
  return { ...measured, cost: costOf(before, await readUsage(), measured.calls + callers) }
}
