import { type Cost, type Measured, median, type Stretch } from '../measured.ts'
import type { ReadUsage, Usage } from '../read-usage.ts'

/** One call of one of the callers. */
export type Call = (caller: number) => Promise<unknown>

/**
 * A closed loop: `callers` callers, each with its next call when the last one is answered. A warm-up that does not count, then
 * the measured time. Every caller makes at least one call, and the clock runs until the last answer, so slow contestants are
 * measured exactly, too. `warmUpCallers` is for contestants whose calls take seconds among many, `readUsage` for those whose cost
 * is read.
 */
export async function drive(
  call: Call,
  stretch: Stretch & { warmUpCallers?: number; readUsage?: ReadUsage },
  signal: AbortSignal,
): Promise<Measured> {
  const { callers, warmUpMs, measuredMs, readUsage } = stretch
  await loop(call, Math.min(callers, stretch.warmUpCallers ?? callers), warmUpMs, signal)
  const before = await readUsage?.()
  const measured = await loop(call, callers, measuredMs, signal)
  const after = await readUsage?.()
  return before && after ? { ...measured, cost: costOf(before, after, measured.calls) } : measured
}

/** The cost of one of so many calls; undefined where none succeeded, or where the system does not report processor time. */
export function costOf(before: Usage, after: Usage, calls: number): Cost | undefined {
  if (calls === 0 || before.processUs === null || after.processUs === null) return undefined
  return {
    processUs: (after.processUs - before.processUs) / calls,
    databaseUs:
      before.databaseUs === null || after.databaseUs === null
        ? null
        : (after.databaseUs - before.databaseUs) / calls,
    walBytes: (after.walBytes - before.walBytes) / calls,
  }
}

async function loop(call: Call, callers: number, forMs: number, signal: AbortSignal): Promise<Measured> {
  const took: number[] = []
  let errors = 0
  let firstError: string | null = null
  const startedAt = performance.now()
  const until = startedAt + forMs
  const run = async (caller: number): Promise<void> => {
    do {
      const sentAt = performance.now()
      try {
        await call(caller)
        took.push(performance.now() - sentAt)
      } catch (error) {
        errors++
        firstError ??= error instanceof Error ? error.message : String(error)
        // Without this, calls that fail at once would never let a timer run.
        await new Promise(setImmediate)
      }
    } while (performance.now() < until && !signal.aborted)
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => run(caller)))
  const seconds = (performance.now() - startedAt) / 1000
  return {
    calls: took.length,
    errors,
    firstError,
    perSecond: took.length / seconds,
    p50Ms: took.length > 0 ? median(took) : null,
  }
}
