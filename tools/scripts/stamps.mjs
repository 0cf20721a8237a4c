// Stamps in node_modules: from which sources the packages were installed, the code was generated and the builds were made.
// turbo.json lists the sources and the outputs of a task. docs/decisions/0055-stamps-beside-turbo.md has the reasons.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { missingFiles } from './dist-folder.mjs'

/** The folder of the clone. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '')

const AT_ROOT = '$TURBO_ROOT$/'
const WORKSPACE = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs', 'package.json']

/** Whether the packages are those of the lockfile. */
export function isInstalled() {
  return existsSync(join(root, 'node_modules', '.pnpm')) && isUpToDate('install')
}

/** Whether the outputs of `task` (install, generate, build) were made from the present sources and are unchanged since. */
export function isUpToDate(task) {
  return readStamp(task) === seal(task, hashSources(task))
}

/** A hash of the present sources of `task`. Take it before the task runs, so that a change during the run counts. */
export function hashSources(task) {
  if (task === 'install') {
    const manifests = members().map((folder) => join(folder, 'package.json'))
    return hash([process.platform, process.arch, ...[...WORKSPACE, ...manifests].flatMap(nameAndContent)])
  }
  return hash([readStamp('install'), ...['turbo.json', ...new Set(sourcesOf(task))].flatMap(nameAndContent)])
}

/** Stores that the present outputs of `task` were made from the sources with the hash `sources`. */
export function stamp(task, sources) {
  writeFileSync(stampFile(task), seal(task, sources))
}

/** The files that the generated code and the builds of all packages lack, relative to the clone. */
export function missingResults() {
  return [
    ...(outputsOf('generate').length > 0 ? [] : tasks().generate.outputs),
    ...members().flatMap((folder) => missingFiles(join(root, folder)).map((file) => join(folder, file))),
  ]
}

/** `sources` and each output with its time: an output that is changed, removed or added by hand makes another seal. */
function seal(task, sources) {
  return hash([sources, ...outputsOf(task).map((file) => `${file} ${statSync(join(root, file)).mtimeMs}`)])
}

function sourcesOf(task) {
  const generated = new Set(outputsOf('generate'))
  const own = members(task).flatMap((folder) =>
    tasks()
      [task].inputs.filter(isIncluded)
      .flatMap((pattern) =>
        pattern.startsWith(AT_ROOT) ? [pattern.slice(AT_ROOT.length)] : filesOf(folder, pattern),
      ),
  )
  return [...(task === 'build' ? sourcesOf('generate') : []), ...own.filter((file) => !generated.has(file))]
}

/** `!…` excludes the generated code, by whose presence turbo's hash would change; `generated` excludes it here. */
function isIncluded(pattern) {
  return !pattern.startsWith('!')
}

function outputsOf(task) {
  if (task === 'install') return []
  const own = members(task).flatMap((folder) =>
    tasks()[task].outputs.flatMap((pattern) => filesOf(folder, pattern)),
  )
  return [...(task === 'build' ? outputsOf('generate') : []), ...own]
}

/** The files of a pattern of turbo.json in `folder`: the file itself, or every file below `…/**`. */
function filesOf(folder, pattern) {
  return pattern.endsWith('/**') ? filesBelow(join(folder, pattern.slice(0, -3))) : [join(folder, pattern)]
}

/** The folders of the workspace's packages; with `task`, of those that have such a script. */
function members(task) {
  return ['packages', 'apps', 'tools'].flatMap((group) =>
    (existsSync(join(root, group)) ? readdirSync(join(root, group)).sort() : [])
      .map((name) => join(group, name))
      .filter((folder) => {
        const manifest = join(root, folder, 'package.json')
        if (!existsSync(manifest)) return false
        return task === undefined || task in (JSON.parse(readFileSync(manifest, 'utf8')).scripts ?? {})
      }),
  )
}

let parsed
function tasks() {
  parsed ??= JSON.parse(readFileSync(join(root, 'turbo.json'), 'utf8')).tasks
  return parsed
}

function readStamp(task) {
  return existsSync(stampFile(task)) ? readFileSync(stampFile(task), 'utf8') : null
}

function stampFile(task) {
  return join(root, 'node_modules', `.zapfleet-${task}`)
}

function filesBelow(folder) {
  const absolute = join(root, folder)
  if (!existsSync(absolute)) return []
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}

function nameAndContent(file) {
  const path = join(root, file)
  return [file, existsSync(path) ? readFileSync(path) : '']
}

function hash(parts) {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part ?? '').update('\0')
  return sum.digest('hex')
}
