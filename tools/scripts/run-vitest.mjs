// Runs vitest and reads its counts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tool } from './bootstrap.mjs'

/**
 * Runs vitest on `files` (all when none are named), shows its output, and answers `{ passed, failed, skipped }`. `built`: tests
 * start the programs from `dist`, which is up to date.
 */
export async function runVitest(files = [], { built = false } = {}) {
  // Whoever has a server of their own in the shell asks for tests on it by name, never by a run of everything.
  delete process.env.EVOLUTION_API_URL
  delete process.env.EVOLUTION_API_KEY
  const folder = mkdtempSync(join(tmpdir(), 'zapfleet-vitest-'))
  const report = join(folder, 'report.json')
  try {
    const { code } = await tool(
      'vitest',
      ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...files],
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
  // A file that could not even be loaded holds no failed test.
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  ).length
  const failed = report.numFailedTests + broken
  return {
    passed: report.numPassedTests,
    // vitest may also fail as a whole, by an error outside of every test.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}
