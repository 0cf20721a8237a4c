import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ratioChart } from './chart.ts'
import { json, markdown, type Result } from './report.ts'

const RESULTS = join(import.meta.dirname, '..', 'results')

/**
 * Writes `ratios.svg`, `ratios.md` and `ratios.json`: of a whole run to `tools/bench/results`, of a short or partial one to
 * `tools/bench/results/short`, which git ignores. Returns the folder.
 */
export async function writeResult(result: Result, options: { whole: boolean }): Promise<string> {
  const folder = options.whole ? RESULTS : join(RESULTS, 'short')
  await mkdir(folder, { recursive: true })
  const { machine, plan, startedAt } = result
  const caption = `Medians of ${plan.rounds} interleaved rounds, ${startedAt.slice(0, 10)}, ${machine.cores} cores, log scale`
  await writeFile(join(folder, 'ratios.svg'), ratioChart(result.verdicts, caption))
  await writeFile(join(folder, 'ratios.md'), markdown(result))
  await writeFile(join(folder, 'ratios.json'), json(result))
  return folder
}
