import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../clone.ts'
import { codeIn, type Document, exists, readDocuments, shellLines } from './documents.ts'

const documents = readDocuments()
const scripts = Object.keys(
  (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> })
    .scripts,
)
/** Commands of npm and pnpm themselves. */
const BUILT_IN = new Set(['audit', 'exec', 'init', 'install', 'pkg', 'ci', 'run', 'dlx', 'add', 'fetch'])

describe('the commands in the documents', () => {
  test.each(documents.map(({ path }) => path))('%s names scripts and files that exist', (path) => {
    const document = documents.find((one) => one.path === path) as Document
    const commands = [...shellLines(document), ...codeIn(document)]
    const wrong = commands.flatMap((line) => [
      ...unknownScripts(line),
      ...missingFiles(line),
      ...unknownToZapfleet(line),
    ])
    expect(wrong).toEqual([])
  })

  test('name variables that a program reads', () => {
    const sources = sourceText()
    const unread = documents.flatMap((document) =>
      [...shellLines(document), ...codeIn(document)]
        .flatMap((line) => line.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? [])
        .filter((name) => !sources.has(name) && !isSetByDocument(document, name))
        .map((name) => `${document.path}: ${name}`),
    )
    expect([...new Set(unread)]).toEqual([])
  })

  test('the check itself finds what does not exist', () => {
    expect(unknownScripts('npm run --silent nonsense -- --json')).toEqual(['npm run nonsense'])
    expect(unknownScripts('PORT=4000 npm start')).toEqual([])
    expect(missingFiles('node apps/doctor/dist/main.js --json')).toEqual([])
    expect(missingFiles('node apps/unknown/dist/main.js')).toEqual(['apps/unknown/dist/main.js'])
    expect(unknownToZapfleet('./zapfleet instances create loja-01 --phone +5511987650001')).toEqual([])
    expect(unknownToZapfleet('zapfleet instances invent loja-01')).toEqual(['zapfleet … invent'])
    expect(unknownToZapfleet('./zapfleet watch --backwards # no')).toEqual(['zapfleet … --backwards'])
  })
})

function unknownScripts(line: string): string[] {
  const named = line.matchAll(/\b(npm|pnpm)((?:\s+(?:run|-[-\w=]+))*)\s+([a-z][\w:-]*)/g)
  return [...named]
    .filter(([, , , name = '']) => !scripts.includes(name) && !BUILT_IN.has(name))
    .map(([, program, , name]) => `${program} run ${name}`)
}

/** Missing files among those that the line runs by Node or Python. */
function missingFiles(line: string): string[] {
  const named = line.matchAll(
    /\b(?:node|python3)(?:\s+-[-\w=@/]+)*\s+((?:apps|packages|tools|prisma|examples)\/[\w./-]+)/g,
  )
  return [...named].map(([, path = '']) => path).filter((path) => !exists(path))
}

const commandLine = ['apps/cli/src', 'apps/doctor/src']
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(root, folder, path), 'utf8')),
  )
  .join('\n')
/** A command is a string in the sources, in its own file or in a table of verbs. */
const isCommand = (word: string): boolean => new RegExp(`'${word}['\\s]`).test(commandLine)
/** Commands with subcommands. */
const GROUPS = new Set(['instances', 'reservations', 'contacts', 'keys', 'profiles'])

/** Commands and flags of `zapfleet` that its sources do not have. */
function unknownToZapfleet(line: string): string[] {
  const [, typed = ''] =
    /^(?:\.\/|npx |npm run (?:--silent )?)?zapfleet (?:-- )?([a-z-][^|;#]*)/.exec(line) ?? []
  const words = typed.split(/\s+/).filter((word) => word !== '')
  const [first = '', second = ''] = words.filter((word) => !word.startsWith('-'))
  const called = [first, ...(GROUPS.has(first) ? [second] : [])].filter((word) => word !== '')
  const flags = words.flatMap((word) => /^--[a-z][a-z-]*/.exec(word)?.[0] ?? [])
  return [
    ...called.filter((word) => !isCommand(word)),
    ...flags.filter((flag) => flag !== '--help' && !new RegExp(`${flag}(?![\\w-])`).test(commandLine)),
  ].map((word) => `zapfleet … ${word}`)
}

/** Whether the document itself sets or uses the variable in a shell. */
function isSetByDocument({ text }: Document, name: string): boolean {
  return new RegExp(`(^|[\\s(])(export )?${name}=|\\$\\{?${name}\\b|ENV ${name}`, 'm').test(text)
}

/** Every name of a variable in the sources, the manifests and the files for deployment. */
function sourceText(): Set<string> {
  const words = new Set<string>()
  const add = (text: string): void => {
    for (const word of text.match(/\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b/g) ?? []) words.add(word)
  }
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) {
        if (!/^(node_modules|dist|\.git|\.turbo|\.zapfleet.*|results)$/.test(entry.name)) walk(path)
      } else if (/\.(ts|tsx|mjs|cjs|json|yaml|sql|py|prisma)$|^\.env\.example$|^Dockerfile$/.test(entry.name))
        add(readFileSync(join(root, path), 'utf8'))
    }
  }
  walk('.')
  return words
}
