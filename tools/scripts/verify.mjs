// `pnpm verify`: the quick look before a hand-over: checks, arrows and pure tests, in seconds, without a database.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { prepare, root, runScript } from './bootstrap.mjs'
import { runChecks } from './checks.mjs'
import { runVitest } from './run-vitest.mjs'

/** What a test may not reach, by itself or through the files it imports, to be called pure: all that runs or waits. */
const IMPURE =
  /^(@zapfleet\/|@prisma\/|@trpc\/|node:(child_process|dns|https?|net|worker_threads)$|(fastify|pg|undici)$)/

await runScript(async () => {
  await prepare({ build: false })
  const checks = await runChecks()
  const tests = await runVitest(pureTests())
  if (checks.failed > 0) console.log(checks.output)
  const failed = checks.failed + tests.failed
  console.log(`${checks.passed + tests.passed} passed, ${failed} failed, ${tests.skipped} skipped`)
  process.exitCode = failed === 0 ? 0 : 1
})

function pureTests() {
  const known = new Map()
  return ['packages', 'apps', 'tools', 'test']
    .flatMap(testsBelow)
    .filter((file) => isPure(file, known))
    .map((file) => relative(root, file))
}

function testsBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() && entry.name.endsWith('.test.ts') && !entry.parentPath.includes('node_modules'),
    )
    .map((entry) => join(entry.parentPath, entry.name))
}

function isPure(file, known) {
  if (known.has(file)) return known.get(file)
  // Files that import each other are judged by what else they import.
  known.set(file, true)
  // Some say it by their name.
  if (file.endsWith('.pure.test.ts')) return true
  const imports = existsSync(file) ? importsOf(readFileSync(file, 'utf8')) : []
  const pure = imports.every((name) =>
    name.startsWith('.') ? isPure(join(dirname(file), name), known) : !IMPURE.test(name),
  )
  known.set(file, pure)
  return pure
}

/** What a source imports when it runs; imports of types alone do not run. */
function importsOf(text) {
  const statements = text.matchAll(
    /^\s*(?:import|export)\s(?!type\b)[^'"`;]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
  )
  return [...statements].map(([, named, bare, dynamic]) => named ?? bare ?? dynamic)
}
