import { expect, it } from 'vitest'
import { runChaos } from '../src/run-chaos.ts'
import { verdictTable } from '../src/verdict.ts'
import { compiledPrograms } from './compiled-programs.ts'

it('restarts two API processes in turn behind a balancer, and no call of keep-alive clients fails', async () => {
  const verdicts = await runChaos({
    seed: 20_261_125,
    short: true,
    only: ['rolling-restart'],
    compiled: await compiledPrograms(),
    report: () => {},
    signal: new AbortController().signal,
  })
  expect(
    verdicts.map((one) => one.outcome),
    verdictTable(verdicts),
  ).toEqual(['held'])
}, 600_000)
