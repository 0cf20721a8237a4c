// What is up to date in a clone: stamps in node_modules say from which sources the packages and builds were made.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { missingFiles } from './missing-files.mjs'

/** The folder of the clone. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

const COMPILER = ['compile.mjs', 'missing-files.mjs', 'swap-folder.mjs'].map((name) =>
  join('tools', 'scripts', name),
)

const SOURCES = {
  install: () => [
    process.platform,
    process.arch,
    ...['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json'].map(content),
    ...members().map((folder) => content(join(folder, 'package.json'))),
  ],
  generate: () => [readStamp('install'), content(join('prisma', 'schema.prisma'))],
  build: () => [
    readStamp('install'),
    ...['tsconfig.base.json', 'turbo.json', ...COMPILER, ...filesBelow('prisma')].map(content),
    ...members().flatMap((folder) =>
      [
        ...['package.json', 'tsconfig.json', 'build.mjs', 'document-procedures.mjs', 'vite.config.ts'].map(
          (name) => join(folder, name),
        ),
        ...sourcesBelow(folder),
      ].flatMap((file) => [file, content(file)]),
    ),
  ],
}

/** Results, each file with its time: a file that was changed, removed or added by hand is noticed. */
const RESULTS = {
  install: () => [],
  generate: () => filesBelow(join('packages', 'core', 'src', 'ground', 'generated')).map(fileAndTime),
  build: () => [
    ...RESULTS.generate(),
    ...members().flatMap((folder) => filesBelow(join(folder, 'dist')).map(fileAndTime)),
  ],
}

/** Whether the packages are there as the lockfile says. */
export function isInstalled() {
  return existsSync(join(root, 'node_modules', '.pnpm')) && isUpToDate('install')
}

/** Whether the results of `task` (install, generate, build) are those that were made from the sources as they are. */
export function isUpToDate(task) {
  return readStamp(task) === seal(task, sourcesOf(task))
}

/** The files that the builds of all packages lack, relative to the clone. */
export function missingResults() {
  const generated = join('packages', 'core', 'src', 'ground', 'generated', 'client.ts')
  return [
    ...(existsSync(join(root, generated)) ? [] : [generated]),
    ...members().flatMap((folder) => missingFiles(join(root, folder)).map((file) => join(folder, file))),
  ]
}

/** A word for the sources of `task` as they are; taken before the task runs, so that a change meanwhile counts as one. */
export function sourcesOf(task) {
  return hash(SOURCES[task]())
}

/** Remembers that the results of `task`, as they are now, were made from `sources`. */
export function stamp(task, sources) {
  writeFileSync(stampFile(task), seal(task, sources))
}

function seal(task, sources) {
  return hash([sources, ...RESULTS[task]()])
}

function readStamp(task) {
  return existsSync(stampFile(task)) ? readFileSync(stampFile(task), 'utf8') : null
}

function stampFile(task) {
  return join(root, 'node_modules', `.zapfleet-${task}`)
}

function members() {
  const below = (group) =>
    (existsSync(join(root, group)) ? readdirSync(join(root, group)).sort() : []).map((name) =>
      join(group, name),
    )
  return [...below('packages'), ...below('apps'), ...below('tools')].filter((folder) =>
    existsSync(join(root, folder, 'package.json')),
  )
}

function sourcesBelow(folder) {
  const generated = join('ground', 'generated')
  return filesBelow(join(folder, 'src')).filter((file) => !file.includes(generated))
}

function filesBelow(folder) {
  const absolute = join(root, folder)
  if (!existsSync(absolute)) return []
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}

function content(file) {
  const path = join(root, file)
  return existsSync(path) ? readFileSync(path) : ''
}

function fileAndTime(file) {
  return `${file} ${statSync(join(root, file)).mtimeMs}`
}

function hash(parts) {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part ?? '').update('\0')
  return sum.digest('hex')
}
