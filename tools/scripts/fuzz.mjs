// `pnpm fuzz`: sends ten thousand malformed calls to every procedure and route, and prints the answers. The tests do the same
// with fewer calls. --cases N, --seed S (the same seed draws the same calls).
import { parseArgs } from 'node:util'
import { prepare } from './bootstrap.mjs'
import { runScript, StageError, tool } from './run-script.mjs'

await runScript(async () => {
  const { values } = parseArgs({
    // pnpm passes the two dashes of `pnpm fuzz -- --cases 5` through.
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

/** The run prints it with the count, so that it can be repeated. */
function anySeed() {
  return String(Math.floor(Math.random() * 2 ** 31))
}

function whole(option, text) {
  if (/^\d{1,9}$|^[12]\d{9}$/.test(text)) return text
  throw new StageError(`${option}: expected a whole number up to 2999999999, got ${JSON.stringify(text)}.`)
}
