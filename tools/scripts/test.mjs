// `npm test`: every check and every test.
import { prepare } from './bootstrap.mjs'
import { runChecks, runVitest, summarize } from './run-checks.mjs'
import { runScript } from './run-script.mjs'

await runScript(async () => {
  await prepare()
  // Many tests wait; the checks use that time.
  const [checks, tests] = await Promise.all([runChecks(), runVitest(process.argv.slice(2), { built: true })])
  summarize(checks, tests)
})
