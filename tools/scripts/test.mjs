// `npm test`: every check and every test; the last line is "N passed, N failed, N skipped".
import { prepare, runScript } from './bootstrap.mjs'
import { runChecks } from './checks.mjs'
import { runVitest } from './run-vitest.mjs'

await runScript(async () => {
  await prepare()
  // Many tests wait; the checks use that time.
  const [checks, tests] = await Promise.all([runChecks(), runVitest(process.argv.slice(2), { built: true })])
  if (checks.failed > 0) console.log(checks.output)
  const failed = checks.failed + tests.failed
  console.log(`${checks.passed + tests.passed} passed, ${failed} failed, ${tests.skipped} skipped`)
  process.exitCode = failed === 0 ? 0 : 1
})
