// `pnpm verify`: the checks, the dependency rules and the pure tests, in seconds and without a database.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { prepare } from './bootstrap.mjs'
import { runChecks, runVitest, summarize } from './run-checks.mjs'
import { runScript } from './run-script.mjs'
import { root } from './stamps.mjs'

/** Modules that a pure test does not import, neither itself nor through its relative imports: processes, network, database. */
const IMPURE =
  /^(@zapfleet\/|@prisma\/|@trpc\/|node:(child_process|dns|https?|net|worker_threads)$|(fastify|pg|undici)$)/

await runScript(async () => {
  await prepare({ build: false })
  const checks = await runChecks()
  summarize(checks, await runVitest(pureTests()))
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
  // In a circle of imports, the other imports of its files decide.
  known.set(file, true)
  // The name declares it.
  if (file.endsWith('.pure.test.ts')) return true
  const imports = existsSync(file) ? importsOf(readFileSync(file, 'utf8')) : []
  const pure = imports.every((name) =>
    name.startsWith('.') ? isPure(join(dirname(file), name), known) : !IMPURE.test(name),
  )
  known.set(file, pure)
  return pure
}

/** The modules that a source imports at run time: imports of types alone are left out. */
function importsOf(text) {
  const statements = text.matchAll(
    /^\s*(?:import|export)\s(?!type\b)[^'"`;]*?from\s*['"]([^'"]+)['"]|^\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm,
  )
  return [...statements].map(([, named, bare, dynamic]) => named ?? bare ?? dynamic)
}
