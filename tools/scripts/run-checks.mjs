// The checks and the tests of `npm test` and `pnpm verify`, with their counts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seconds, tool } from './run-script.mjs'

/** One checker, because several resolve the same types again. Without garbage collection, because the program is short (0.8 GB). */
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

/** Runs all checks, each counted as one test, and prints one line for each: `{ passed, failed, output }`; `output` is that of the failed ones. */
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

/**
 * Runs vitest on `files` (an empty list: all files), shows its output and returns `{ passed, failed, skipped }`. `built`: tests start
 * programs from `dist`, which must be up to date; otherwise from the sources. `workers`: so many files run at once; by default as
 * vitest.config.ts has it.
 */
export async function runVitest(files = [], { built = false, workers = null } = {}) {
  // A run of all tests never uses a real Evolution server. Its tests are run by name (CONTRIBUTING.md).
  delete process.env.EVOLUTION_API_URL
  delete process.env.EVOLUTION_API_KEY
  const folder = mkdtempSync(join(tmpdir(), 'zapfleet-vitest-'))
  const report = join(folder, 'report.json')
  try {
    const { code } = await tool(
      'vitest',
      [
        'run',
        ...(workers === null ? [] : [`--maxWorkers=${workers}`]),
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${report}`,
        ...files,
      ],
      { show: true, env: built ? { ZAPFLEET_TEST_PROGRAMS: 'built' } : {} },
    )
    return count(read(report), code)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

function count(report, code) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 }
  // A file that does not load has no failed test.
  const unloaded = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length
  const failed = report.numFailedTests + unloaded
  return {
    passed: report.numPassedTests,
    // An error outside the tests fails the run without a failed test.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}

/** Prints the last line of a run, "N passed, N failed, N skipped", after the output of failed checks, and sets the exit code. */
export function summarize(checks, tests) {
  if (checks.failed > 0) console.log(checks.output)
  const failed = checks.failed + tests.failed
  console.log(`${checks.passed + tests.passed} passed, ${failed} failed, ${tests.skipped} skipped`)
  process.exitCode = failed === 0 ? 0 : 1
}
