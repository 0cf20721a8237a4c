// `pnpm fuzz`: sends ten thousand odd calls to every procedure and route, and prints what came back. The tests do the same
// with fewer. --cases N, --seed S (another seed draws other calls; the same one draws the same).
import { parseArgs } from 'node:util'
import { prepare, runScript, StageError, tool } from './bootstrap.mjs'

await runScript(async () => {
  const { values } = parseArgs({
    // pnpm hands the two dashes of `pnpm fuzz -- --cases 5` on.
    args: process.argv.slice(2).filter((word) => word !== '--'),
    options: { cases: { type: 'string', default: '10000' }, seed: { type: 'string' } },
  })
  await prepare({ build: false })
  const env = {
    FUZZ_CASES: whole('--cases', values.cases),
    FUZZ_SEED: values.seed === undefined ? anySeed() : whole('--seed', values.seed),
  }
  const { code } = await tool('vitest', ['run', 'apps/api/test/fuzz.test.ts'], { show: true, env })
  process.exitCode = code
})

/** Shown with the count, so that a run can be had again. */
function anySeed() {
  return String(Math.floor(Math.random() * 2 ** 31))
}

function whole(option, text) {
  if (/^\d{1,9}$|^[12]\d{9}$/.test(text)) return text
  throw new StageError(`${option}: expected a whole number up to 2999999999, got ${JSON.stringify(text)}.`)
}
