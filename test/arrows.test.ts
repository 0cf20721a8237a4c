import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from '@typescript/typescript6'
import { describe, expect, test } from 'vitest'
import { SQL_USERS } from './sql-users.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Which of our packages the sources of each may import (`uses`), and which only by type (`knows`), as ARCHITECTURE.md
 * draws them. A package that is not listed may import none.
 */
const ARROWS: Readonly<Record<string, { uses?: readonly string[]; knows?: readonly string[] }>> = {
  'packages/core': { uses: ['evolution', 'phone', 'sending'] },
  'packages/evolution': { uses: ['sending'] },
  'packages/telemetry': { uses: ['core', 'evolution'] },
  'apps/api': { uses: ['core', 'evolution', 'phone', 'telemetry'] },
  'apps/scheduler': { uses: ['core', 'evolution', 'telemetry'] },
  'apps/sender': { uses: ['core', 'evolution', 'telemetry'] },
  'apps/doctor': { uses: ['core', 'evolution', 'holder'] },
  'tools/embedded': { uses: ['holder'] },
  'tools/launcher': { uses: ['embedded', 'holder'] },
  'packages/client': { uses: ['sending'], knows: ['api'] },
  'packages/words': { knows: ['client'] },
  'tools/bench': { uses: ['api', 'client', 'core', 'embedded', 'evolution', 'simulator'] },
  'tools/chaos': { uses: ['embedded', 'simulator'] },
  'apps/cli': { uses: ['client', 'holder', 'phone', 'words'], knows: ['api'] },
  'apps/dashboard': { uses: ['client', 'phone', 'words'], knows: ['api', 'core'] },
}

const CORE = 'packages/core/src/'

/** The folders of core, the lowest layer first. A file imports its own folder and lower ones. */
const CORE_LAYERS = [
  'ground',
  'server',
  'instance',
  'selection',
  'contact',
  'key',
  'session',
  'audit',
  'reservation',
  'outcome',
  'message',
  'rights',
  'health',
  'delivery',
  'events',
  'webhook',
  'endpoint',
  'provisioning',
  'schedule',
  'diagnosis',
  'alert',
  'fleet',
]

/** Tests may import these as well, in every package. */
const FOR_TESTS = ['testing', 'simulator', 'embedded', 'holder']

/** Folders that are no packages; they import packages by their entries. */
const OTHER_FOLDERS = ['test', 'prisma', 'tools/scripts', 'examples']

/** Tools that start programs in processes of their own and set their environment. */
const START_PROGRAMS = ['tools/bench', 'tools/chaos']

/**
 * The callers of the hot connections: folders or files below core's sources. The readiness probe tests what a claim
 * needs.
 */
const HOT_USERS = [
  'reservation/',
  'contact/conversations.ts',
  'contact/preference-cache.ts',
  'contact/correct-sends.ts',
  'fleet/read-readiness.ts',
  'ground/',
]

type Import = { specifier: string; typeOnly: boolean }
type SourceFile = { path: string; home: string; inSources: boolean; imports: Import[]; tree: ts.SourceFile }

const packages = ['packages', 'apps', 'tools'].flatMap((group) => {
  const folders = existsSync(join(root, group)) ? readdirSync(join(root, group)) : []
  return folders
    .map((name) => `${group}/${name}`)
    .filter((home) => existsSync(join(root, home, 'package.json')))
})
const files = [
  ...packages.flatMap((home) =>
    ['src', 'test'].flatMap((part) => filesBelow(`${home}/${part}`).map((path) => readSource(path, home))),
  ),
  ...OTHER_FOLDERS.flatMap((folder) => filesBelow(folder).map((path) => readSource(path, folder))),
]
const sources = files.filter((file) => file.inSources)

describe('the dependency rules between packages', () => {
  test.each(packages)('%s imports only what it may', (home) => {
    const { uses = [], knows = [] } = ARROWS[home] ?? {}
    const own = home.split('/')[1] ?? ''
    const wrong = files
      .filter((file) => file.home === home)
      .flatMap((file) =>
        file.imports
          .filter((one) => {
            const name = ours(one.specifier)
            if (name === null || uses.includes(name)) return false
            if (one.typeOnly && knows.includes(name)) return false
            if (file.inSources) return true
            return name !== own && !FOR_TESTS.includes(name) && !knows.includes(name)
          })
          .map((one) => `${file.path} imports ${one.specifier}`),
      )
    expect(wrong).toEqual([])
  })

  test.each(packages)('%s depends, in its package.json, only on what it may', (home) => {
    const { uses = [], knows = [] } = ARROWS[home] ?? {}
    const manifest = JSON.parse(readFileSync(join(root, home, 'package.json'), 'utf8')) as Manifest
    const running = Object.keys(manifest.dependencies ?? {}).flatMap((name) => ours(name) ?? [])
    expect(running.filter((name) => !uses.includes(name))).toEqual([])
    const developing = Object.keys(manifest.devDependencies ?? {}).flatMap((name) => ours(name) ?? [])
    expect(developing.filter((name) => ![...uses, ...knows, ...FOR_TESTS].includes(name))).toEqual([])
  })

  test('examples import the client alone, like a bot elsewhere', () => {
    const examples = files.filter((file) => file.home === 'examples')
    const used = new Set(examples.flatMap((file) => file.imports.flatMap((one) => ours(one.specifier) ?? [])))
    expect([...used]).toEqual(['client'])
  })

  test('packages are imported by their entry alone', () => {
    const deep = files.flatMap((file) =>
      file.imports
        .filter((one) => /^@zapfleet\/[^/]+\/./.test(one.specifier))
        .map((one) => `${file.path} imports ${one.specifier}`),
    )
    expect(deep).toEqual([])
  })

  test('relative imports stay in their package', () => {
    const leaving = files.flatMap((file) =>
      file.imports
        .filter((one) => one.specifier.startsWith('.'))
        .filter(
          (one) => !resolve(root, dirname(file.path), one.specifier).startsWith(join(root, file.home) + sep),
        )
        .map((one) => `${file.path} imports ${one.specifier}`),
    )
    expect(leaving).toEqual([])
  })
})

describe('the layers of core', () => {
  const core = sources
    .filter((file) => file.path.startsWith(CORE))
    .map((file) => ({ path: file.path.slice(CORE.length), imports: localImports(file) }))

  test('every folder has its layer', () => {
    const folders = core.filter((file) => file.path.includes('/')).map((file) => layerOf(file.path))
    expect([...new Set(folders)].sort()).toEqual([...CORE_LAYERS].sort())
  })

  test('no file imports a higher layer, not even a type', () => {
    expect(upwardImports(core)).toEqual([])
  })

  test('no files import each other in a circle, not even types', () => {
    expect(circles(core)).toEqual([])
  })

  test('an upward import and a circle are found where there is one', () => {
    const upward = [...core, { path: 'ground/planted.ts', imports: ['health/rounds.ts'] }]
    expect(upwardImports(upward)).toEqual(['ground/planted.ts imports health/rounds.ts'])
    const [first, second] = ['ground/first.ts', 'ground/second.ts']
    const circle = [...core, { path: first, imports: [second] }, { path: second, imports: [first] }]
    expect(circles(circle)).toEqual([[first, second]])
  })
})

describe('connections to PostgreSQL', () => {
  type Text = { path: string; text: string }
  const texts = sources.map(({ path, tree }) => ({ path, text: tree.text }))
  const core = texts
    .filter(({ path }) => path.startsWith(CORE))
    .map(({ path, text }) => ({ path: path.slice(CORE.length), text }))
  const isOf = (users: readonly string[], path: string): boolean =>
    users.some((user) => (user.endsWith('/') ? path.startsWith(user) : path === user))
  const outside = (files: readonly Text[], pattern: RegExp, users: readonly string[]): string[] =>
    files.filter(({ path, text }) => pattern.test(text) && !isOf(users, path)).map(({ path }) => path)
  const idle = (pattern: RegExp, users: readonly string[]): string[] =>
    users.filter((user) => !core.some(({ path, text }) => isOf([user], path) && pattern.test(text)))

  const HOT = /\brun(Claim|Count)\b/
  const SQL =
    /\/statement\.ts'|\bsql\.(run|readTogether)\b|\brun(Claim|Count)\b|\$(query|execute)Raw|\bnew pg\./
  const PRISMA = /\bprisma\b|\/generated\/client\.ts/
  const HOT_PATHS = HOT_USERS.map((user) => `${CORE}${user}`)

  test('only reserving and the modules it uses call the hot connections', () => {
    expect(outside(texts, HOT, HOT_PATHS)).toEqual([])
    expect(idle(HOT, HOT_USERS)).toEqual([])
  })

  test('SQL is written only where test/sql-users.ts names the reason', () => {
    const advice = 'use fleet.sql.prisma, or add the file with a reason to test/sql-users.ts'
    expect(outside(core, SQL, Object.keys(SQL_USERS)), advice).toEqual([])
    expect(idle(SQL, Object.keys(SQL_USERS)), 'no SQL any more: remove the line').toEqual([])
  })

  test('modules that count messages do not use Prisma, whose calls take many times the CPU time of a statement', () => {
    const counting = core.filter(({ path }) => isOf(HOT_USERS, path) && !path.startsWith('ground/'))
    expect(outside(counting, PRISMA, [])).toEqual([])
    expect(core.some(({ text }) => PRISMA.test(text))).toBe(true)
  })

  test('another use of each is found', () => {
    const planted = (text: string): Text => ({ path: 'webhook/planted.ts', text })
    const hot = { path: `${CORE}key/planted.ts`, text: 'await sql.runCount(read, [])' }
    expect(outside([...texts, hot], HOT, HOT_PATHS)).toEqual([hot.path])
    for (const text of [
      'await fleet.sql.run(read, [])',
      "import { statement } from '../ground/statement.ts'",
      'await fleet.sql.prisma.$queryRaw`select 1`',
      'await fleet.sql.prisma.$executeRawUnsafe(text)',
      'new pg.Client(config)',
    ])
      expect(outside([...core, planted(text)], SQL, Object.keys(SQL_USERS))).toEqual(['webhook/planted.ts'])
    expect(outside([planted('fleet.sql.prisma.secret.findMany()')], SQL, [])).toEqual([])
    expect(outside([planted('fleet.sql.prisma.secret.findMany()')], PRISMA, [])).toEqual([
      'webhook/planted.ts',
    ])
  })
})

describe('conventions of the sources', () => {
  test('only main.ts of a program reads the environment, handles signals and ends the process', () => {
    const wrong = sources
      .filter((file) => !file.path.endsWith('/src/main.ts') && !START_PROGRAMS.includes(file.home))
      .filter((file) => touchesProcess(file.tree))
      .map((file) => file.path)
    expect(wrong).toEqual([])
  })

  test('no module keeps state in a WeakMap: state belongs to a value that is opened and closed', () => {
    const wrong = sources.filter((file) => keepsWeakMap(file.tree)).map((file) => file.path)
    expect(wrong).toEqual([])
  })

  test('nothing is exported as default', () => {
    const wrong = sources
      .filter((file) => file.tree.statements.some(isDefaultExport))
      .map((file) => file.path)
    expect(wrong).toEqual([])
  })

  test('no file has a name without a meaning', () => {
    const empty = /(^|[-/.])(utils?|helpers?|common|manager|service|types|data|info)\.tsx?$/
    expect(sources.map((file) => file.path).filter((path) => empty.test(path))).toEqual([])
  })
})

test('the rules are checked on real files', () => {
  expect(sources.length).toBeGreaterThan(50)
  const core = sources.filter((file) => file.home === 'packages/core').flatMap((file) => file.imports)
  expect(core.map((one) => one.specifier)).toContain('@zapfleet/evolution')
})

type Manifest = { dependencies?: Record<string, string>; devDependencies?: Record<string, string> }

function filesBelow(folder: string): string[] {
  const absolute = join(root, folder)
  if (!existsSync(absolute)) return []
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mts|mjs)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .filter((path) => !/(^|\/)(generated|dist|node_modules)\//.test(path))
}

function readSource(path: string, home: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const tree = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  return {
    path,
    home,
    inSources: path.includes('/src/') && packages.includes(home),
    imports: readImports(tree),
    tree,
  }
}

function readImports(tree: ts.SourceFile): Import[] {
  const found: Import[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      found.push({ specifier: node.moduleSpecifier.text, typeOnly: node.importClause?.isTypeOnly ?? false })
    } else if (
      ts.isExportDeclaration(node) &&
      node.moduleSpecifier &&
      ts.isStringLiteral(node.moduleSpecifier)
    ) {
      found.push({ specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly })
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [first] = node.arguments
      if (first && ts.isStringLiteral(first)) found.push({ specifier: first.text, typeOnly: false })
    } else if (
      ts.isImportTypeNode(node) &&
      ts.isLiteralTypeNode(node.argument) &&
      ts.isStringLiteral(node.argument.literal)
    ) {
      found.push({ specifier: node.argument.literal.text, typeOnly: true })
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** A file of core, and the files of core that it imports, by their paths below CORE. */
type CoreFile = { path: string; imports: readonly string[] }

function localImports(file: SourceFile): string[] {
  return file.imports
    .filter((one) => one.specifier.startsWith('.'))
    .map((one) => relative(join(root, CORE), resolve(root, dirname(file.path), one.specifier)))
    .map((path) => path.replaceAll(sep, '/'))
    .filter((path) => !path.startsWith('ground/generated/'))
}

const layerOf = (path: string): string => path.split('/')[0] ?? ''

/** Imports of a higher layer. `index.ts` is above all of them. */
function upwardImports(core: readonly CoreFile[]): string[] {
  const heightOf = (path: string): number =>
    path.includes('/') ? CORE_LAYERS.indexOf(layerOf(path)) : CORE_LAYERS.length
  return core.flatMap(({ path, imports }) =>
    imports.filter((one) => heightOf(one) > heightOf(path)).map((one) => `${path} imports ${one}`),
  )
}

/** Groups of files that reach each other by imports, each sorted (Tarjan's strongly connected components). */
function circles(core: readonly CoreFile[]): string[][] {
  const imports = new Map(core.map((file) => [file.path, file.imports]))
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const stack: string[] = []
  const found: string[][] = []
  const visit = (path: string): number => {
    const place = order.size
    order.set(path, place)
    lowest.set(path, place)
    stack.push(path)
    for (const next of imports.get(path) ?? []) {
      if (!imports.has(next)) continue
      const reached = order.has(next) ? (stack.includes(next) ? order.get(next) : undefined) : visit(next)
      if (reached !== undefined) lowest.set(path, Math.min(lowest.get(path) ?? place, reached))
    }
    const low = lowest.get(path) ?? place
    if (low === place) {
      const group = stack.splice(stack.indexOf(path))
      if (group.length > 1) found.push(group.sort())
    }
    return low
  }
  for (const path of imports.keys()) if (!order.has(path)) visit(path)
  return found
}

/** `const x = new WeakMap(…)` at the top level of a module. */
function keepsWeakMap(tree: ts.SourceFile): boolean {
  return tree.statements.some((one) => ts.isVariableStatement(one) && /new WeakMap\b/.test(one.getText()))
}

/** The package of ours that a specifier names, without its scope; null for others. */
function ours(specifier: string): string | null {
  return /^@zapfleet\/([^/]+)/.exec(specifier)?.[1] ?? null
}

/** `process.env`, `process.exit(…)`, `process.on('SIG…')`: how a program reaches its environment. */
function touchesProcess(tree: ts.SourceFile): boolean {
  if (!tree.text.includes('process')) return false
  let touches = false
  const visit = (node: ts.Node): void => {
    if (
      ts.isPropertyAccessExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'process'
    ) {
      const word = node.name.text
      if (word === 'env' || word === 'exit' || word === 'exitCode') touches = true
      if ((word === 'on' || word === 'once') && ts.isCallExpression(node.parent)) touches = true
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return touches
}

function isDefaultExport(node: ts.Statement): boolean {
  if (ts.isExportAssignment(node)) return true
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some((one) => one.kind === ts.SyntaxKind.DefaultKeyword)
  )
}
