// `npm test`: every check and every test; the last line is "N passed, N failed, N skipped".
import { prepare, runScript } from './bootstrap.mjs'
import { runChecks } from './checks.mjs'
import { runVitest } from './run-vitest.mjs'

await runScript(async () => {
  await prepare()
  const checks = await runChecks()
  const tests = await runVitest(process.argv.slice(2))
  const failed = checks.failed + tests.failed
  console.log(`${checks.passed + tests.passed} passed, ${failed} failed, ${tests.skipped} skipped`)
  process.exitCode = failed === 0 ? 0 : 1
})
