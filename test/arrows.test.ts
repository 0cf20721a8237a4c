import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from '@typescript/typescript6'
import { describe, expect, test } from 'vitest'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/**
 * Which of our packages the sources of each may import (`uses`), and which only by type (`knows`): ARCHITECTURE.md
 * draws the same arrows. A package that is not named here may use none.
 */
const ARROWS: Readonly<Record<string, { uses?: readonly string[]; knows?: readonly string[] }>> = {
  'packages/core': { uses: ['evolution', 'phone'] },
  'packages/telemetry': { uses: ['core', 'evolution'] },
  'apps/api': { uses: ['core', 'evolution', 'phone', 'telemetry'] },
  'apps/scheduler': { uses: ['core', 'evolution', 'telemetry'] },
  'apps/doctor': { uses: ['core', 'evolution', 'holder'] },
  'tools/embedded': { uses: ['holder'] },
  'tools/launcher': { uses: ['embedded', 'holder'] },
  'packages/client': { knows: ['api'] },
  'packages/words': { knows: ['client'] },
  'tools/bench': { uses: ['api', 'client', 'core', 'embedded'] },
  'tools/chaos': { uses: ['embedded', 'simulator'] },
  'apps/cli': { uses: ['client', 'holder', 'phone', 'words'], knows: ['api'] },
  'apps/dashboard': { uses: ['client', 'phone', 'words'], knows: ['api', 'core'] },
}

/** Tests may also use these, wherever they are. */
const FOR_TESTS = ['testing', 'simulator', 'embedded', 'holder']

/** Rooms that are no packages; they reach packages by their doors. */
const ROOMS = ['test', 'prisma', 'tools/scripts', 'examples']

/** Tools that start programs in processes of their own and set their environment. */
const START_PROGRAMS = ['tools/bench', 'tools/chaos']

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
  ...ROOMS.flatMap((room) => filesBelow(room).map((path) => readSource(path, room))),
]
const sources = files.filter((file) => file.inSources)

describe('the arrows between packages', () => {
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

  test('examples use the client alone, as a bot elsewhere would', () => {
    const examples = files.filter((file) => file.home === 'examples')
    const used = new Set(examples.flatMap((file) => file.imports.flatMap((one) => ours(one.specifier) ?? [])))
    expect([...used]).toEqual(['client'])
  })

  test('packages are entered by their door alone', () => {
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

describe('manners of the sources', () => {
  test('only main.ts of a program reads the environment, takes signals and ends the process', () => {
    const wrong = sources
      .filter((file) => !file.path.endsWith('/src/main.ts') && !START_PROGRAMS.includes(file.home))
      .filter((file) => touchesProcess(file.tree))
      .map((file) => file.path)
    expect(wrong).toEqual([])
  })

  test('what is remembered for a fleet hangs on its database: a request may have a fleet of its own', () => {
    const wrong = sources.filter((file) => /WeakMap<Fleet[,>]/.test(file.tree.text)).map((file) => file.path)
    expect(wrong).toEqual([])
  })

  test('nothing is exported as default', () => {
    const wrong = sources
      .filter((file) => file.tree.statements.some(isDefaultExport))
      .map((file) => file.path)
    expect(wrong).toEqual([])
  })

  test('no file is named by a word that says nothing', () => {
    const empty = /(^|[-/.])(utils?|helpers?|common|manager|service|types|data|info)\.tsx?$/
    expect(sources.map((file) => file.path).filter((path) => empty.test(path))).toEqual([])
  })
})

test('the arrows are read from real files', () => {
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

/** The package of ours that a specifier names, without its scope; null for others. */
function ours(specifier: string): string | null {
  return /^@zapfleet\/([^/]+)/.exec(specifier)?.[1] ?? null
}

/** `process.env`, `process.exit(…)`, `process.on('SIG…')`: the doors of a program to its surroundings. */
function touchesProcess(tree: ts.SourceFile): boolean {
  let touches = false
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'process') {
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
