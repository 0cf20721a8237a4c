// `pnpm verify`: the quick look before a hand-over: checks, arrows and pure tests, in seconds, without a database.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { prepare, root, runScript } from './bootstrap.mjs'
import { runChecks } from './checks.mjs'
import { runVitest } from './run-vitest.mjs'

/** A test is pure when it asks for nothing that runs: no database, no HTTP server, no process. */
const IMPURE =
  /@zapfleet\/(testing|embedded|simulator)|node:(child_process|https?|net)|from 'pg'|from 'undici'/

await runScript(async () => {
  await prepare()
  const checks = await runChecks()
  const tests = await runVitest(pureTests())
  const failed = checks.failed + tests.failed
  console.log(`${checks.passed + tests.passed} passed, ${failed} failed, ${tests.skipped} skipped`)
  process.exitCode = failed === 0 ? 0 : 1
})

function pureTests() {
  const files = ['packages', 'apps', 'test'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter(
        (entry) =>
          entry.isFile() && entry.name.endsWith('.test.ts') && !entry.parentPath.includes('node_modules'),
      )
      .map((entry) => join(entry.parentPath, entry.name)),
  )
  return files.filter((file) => !IMPURE.test(readFileSync(file, 'utf8'))).map((file) => relative(root, file))
}
