import { expect, it } from 'vitest'
import { runChaos } from '../src/run-chaos.ts'
import { verdictTable } from '../src/verdict.ts'
import { compiledPrograms } from './compiled-programs.ts'

it('keeps every invariant through the most informative faults', async () => {
  const verdicts = await runChaos({
    seed: 20_261_125,
    short: true,
    only: null,
    compiled: await compiledPrograms(),
    report: () => {},
    signal: new AbortController().signal,
  })
  // Print the table, which explains a failure of this test.
  expect(verdicts.filter((one) => one.outcome === 'VIOLATED').length, verdictTable(verdicts)).toBe(0)
  expect(verdicts.length).toBeGreaterThanOrEqual(6)
}, 600_000)
