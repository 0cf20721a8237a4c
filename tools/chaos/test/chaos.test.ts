import { expect, it } from 'vitest'
import { runChaos } from '../src/run-chaos.ts'
import { verdictTable } from '../src/table.ts'
import { compiledPrograms } from './compiled-programs.ts'

it('holds every law through the faults that tell most', async () => {
  const verdicts = await runChaos({
    seed: 20_261_125,
    short: true,
    only: null,
    compiled: await compiledPrograms(),
    report: () => {},
    signal: new AbortController().signal,
  })
  // The table is what somebody wants to see who meets a failure here.
  expect(verdicts.filter((one) => one.outcome === 'VIOLATED').length, verdictTable(verdicts)).toBe(0)
  expect(verdicts.length).toBeGreaterThanOrEqual(6)
}, 600_000)
