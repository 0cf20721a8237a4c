// `npm test`: every check and every test.
import { cpus } from 'node:os'
import { prepare } from './bootstrap.mjs'
import { runChecks, runVitest, summarize } from './run-checks.mjs'
import { runScript } from './run-script.mjs'
import { readIdleShare, testWorkers } from './test-workers.mjs'

await runScript(async () => {
  await prepare()
  const workers = testWorkers(cpus().length, await readIdleShare())
  // Many tests wait; the checks use that time.
  const [checks, tests] = await Promise.all([
    runChecks(),
    runVitest(process.argv.slice(2), { built: true, workers }),
  ])
  summarize(checks, tests)
})
