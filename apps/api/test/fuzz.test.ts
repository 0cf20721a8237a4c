import { expect, it } from 'vitest'
import { procedureContracts } from '../src/procedure-contract.ts'
import { REST_ROUTES } from '../src/routes/route.ts'
import { runFuzz } from './fuzz/run.ts'

/** `pnpm fuzz` makes more calls, with other seeds. */
const cases = Number(process.env.FUZZ_CASES ?? 1_700)
const seed = Number(process.env.FUZZ_SEED ?? 20_261_130)

it('every request is answered 2xx or refused with a reason, and a refused one changes no row', {
  timeout: 3_600_000,
}, async () => {
  const escaped: unknown[] = []
  const note = (error: unknown): void => void escaped.push(error)
  process.on('unhandledRejection', note).on('uncaughtException', note)
  try {
    const report = await runFuzz(cases, seed)
    const byStatus = [...report.byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, times]) => `${status}: ${times}`)
    const fiveHundreds = [...report.byStatus]
      .filter(([status]) => status >= 500)
      .reduce((sum, [, times]) => sum + times, 0)
    console.log(
      `fuzz: ${report.cases} cases, seed ${report.seed}, ${report.targets.size} targets, ${(report.tookMs / 1000).toFixed(1)} s\n` +
        `  ${byStatus.join(', ')}\n` +
        `  ${report.refusals} refused, ${report.breaches.length} against the law; ${fiveHundreds} answers of 5xx (503 for a QR code that is late among them)\n` +
        `  most time: ${mostTime(report.spentMs)}\n` +
        `  slowest: ${Math.round(report.slowestMs)} ms, ${report.slowest}`,
    )
    expect(report.breaches).toEqual([])
    expect(escaped).toEqual([])
    expect(report.cases).toBe(cases)
    if (cases < 1_000) return
    const untouched = [
      ...procedureContracts().keys(),
      ...REST_ROUTES.map((route) => `${route.method} ${route.path}`),
    ].filter((target) => !report.targets.has(target))
    expect(untouched).toEqual([])
    // A run that is refused before the procedure tests nothing of it.
    expect(report.byStatus.get(200)).toBeGreaterThan(cases / 8)
  } finally {
    process.off('unhandledRejection', note).off('uncaughtException', note)
  }
})

/** The time of a run by target. */
function mostTime(spentMs: ReadonlyMap<string, number>): string {
  return [...spentMs]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 6)
    .map(([target, ms]) => `${target} ${(ms / 1000).toFixed(1)} s`)
    .join(', ')
}
