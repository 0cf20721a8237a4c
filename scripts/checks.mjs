// The checks that `npm test` and `pnpm verify` share, each counted as one test.
import { performance } from 'node:perf_hooks'
import { seconds, tool } from './bootstrap.mjs'

const CHECKS = [
  ['format and lint', 'biome', ['check', '.']],
  [
    'types',
    'tsc',
    ['-p', 'tsconfig.test.json', '--incremental', '--tsBuildInfoFile', 'node_modules/.zapfleet-types'],
  ],
  [
    'types of the page',
    'tsc',
    ['-p', 'apps/dashboard', '--incremental', '--tsBuildInfoFile', 'node_modules/.zapfleet-page-types'],
  ],
  ['unused code', 'knip', ['--no-progress']],
]

/** Runs all checks, prints a line for each and the whole output of those that fail: `{ passed, failed }`. */
export async function runChecks() {
  const results = await Promise.all(
    CHECKS.map(async ([name, program, args]) => {
      const startedAt = performance.now()
      const { code, output } = await tool(program, args)
      console.log(`  ${code === 0 ? '✓' : '✗'} ${name} ${seconds(startedAt)}`)
      return { name, code, output }
    }),
  )
  const failures = results.filter(({ code }) => code !== 0)
  for (const { name, output } of failures) console.log(`\n--- ${name} ---\n${output.trim()}\n`)
  return { passed: results.length - failures.length, failed: failures.length }
}
