// The checks that `npm test` and `pnpm verify` share, each counted as one test.
import { performance } from 'node:perf_hooks'
import { seconds, tool } from './bootstrap.mjs'

/** One checker, since several resolve the same types again; no garbage collection, since the program is short (0.8 GB). Together: half the processor time. */
const CHECK_TYPES = ['--incremental', '--checkers', '1']
const SHORT_GO_PROGRAM = { GOGC: 'off' }

const CHECKS = [
  ['format and lint', 'biome', ['check', '.']],
  [
    'types',
    'tsc',
    ['-p', 'tsconfig.test.json', ...CHECK_TYPES, '--tsBuildInfoFile', 'node_modules/.zapfleet-types'],
  ],
  [
    'types of the page',
    'tsc',
    ['-p', 'apps/dashboard', ...CHECK_TYPES, '--tsBuildInfoFile', 'node_modules/.zapfleet-page-types'],
  ],
  ['unused code', 'knip', ['--no-progress']],
]

/** Runs all checks and prints a line for each: `{ passed, failed, output }`; `output` is all that those said that failed. */
export async function runChecks() {
  const results = await Promise.all(
    CHECKS.map(async ([name, program, args]) => {
      const startedAt = performance.now()
      const { code, output } = await tool(program, args, { env: SHORT_GO_PROGRAM })
      console.log(`  ${code === 0 ? '✓' : '✗'} ${name} ${seconds(startedAt)}`)
      return { name, code, output }
    }),
  )
  const failures = results.filter(({ code }) => code !== 0)
  const output = failures.map((one) => `\n--- ${one.name} ---\n${one.output.trim()}\n`).join('')
  return { passed: results.length - failures.length, failed: failures.length, output }
}
