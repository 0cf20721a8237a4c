// The build of a package: the files that it lacks, and how a new build replaces it.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'

/** Relative imports: `from './x.js'`, `import './x.js'`, `import('./x.js')`, each at the start of a statement. */
const IMPORTS =
  /^(?:import|export)\b[^'"`;]*?['"](\.{1,2}\/[^'"]+\.js)['"]|^[^'"`\n*/]*\bimport\(['"](\.{1,2}\/[^'"]+\.js)['"]\)/gm

/**
 * The files, relative to `folder`, that the build of the package in `folder` lacks: the output of each source file, the target of
 * each relative import, and the files that `exports`, `main` and `bin` of package.json and the page name. With `compiledTo`, only
 * the output of tsc is checked, in that folder instead of the one of tsconfig.json.
 */
export function missingFiles(folder, { compiledTo } = {}) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (!manifest.scripts?.build) return []
  const made = compiledTo ?? outputFolder(folder)
  const wanted = new Set([
    ...(made ? outputs(folder, made) : []),
    ...(compiledTo ? [] : namedFiles(folder, manifest)),
  ])
  for (const file of filesBelow(join(folder, compiledTo ?? 'dist'), '.js')) {
    for (const [, named, dynamic] of readFileSync(file, 'utf8').matchAll(IMPORTS))
      wanted.add(join(dirname(file), named ?? dynamic))
  }
  return [...wanted].filter((file) => !existsSync(file)).map((file) => relative(folder, file))
}

/** The output folder of tsc, relative to `folder`; undefined for a package that tsc does not compile. */
export function outputFolder(folder) {
  const config = join(folder, 'tsconfig.json')
  return existsSync(config) ? /"outDir": "([^"]+)"/.exec(readFileSync(config, 'utf8'))?.[1] : undefined
}

/**
 * The folder beside `folder` into which this process builds before `swapFolder`. Builds of several processes do not meet: a start
 * that is killed may leave a build that still runs. Folders of processes that have ended are removed.
 */
export function nextFolder(folder) {
  const prefix = `.${basename(folder)}-next-`
  const parent = dirname(folder)
  for (const name of existsSync(parent) ? readdirSync(parent) : [])
    if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length))))
      rmSync(join(parent, name), { recursive: true, force: true })
  return join(parent, `${prefix}${process.pid}`)
}

/**
 * Moves every file of `next` into `folder`, one rename each, then removes `next` and the files that `next` did not have. A file of
 * both builds exists at every moment, so a program that starts during the move finds all its files.
 */
export function swapFolder(next, folder) {
  const files = filesBelow(next).map((file) => relative(next, file))
  // Entries come last: every file that they import is in place before them.
  const isEntry = (file) => (/(^|[/\\])(main\.js|index\.js|index\.html)$/.test(file) ? 1 : 0)
  for (const file of files.sort((a, b) => isEntry(a) - isEntry(b))) {
    const target = join(folder, file)
    mkdirSync(dirname(target), { recursive: true })
    renameSync(join(next, file), target)
  }
  const kept = new Set(files.map((file) => join(folder, file)))
  for (const file of filesBelow(folder)) if (!kept.has(file)) rmSync(file, { force: true })
  rmSync(next, { recursive: true, force: true })
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function outputs(folder, outDir) {
  return filesBelow(join(folder, 'src'), '.ts')
    .filter((file) => !file.endsWith('.d.ts'))
    .map((file) => join(folder, outDir, relative(join(folder, 'src'), file).replace(/\.ts$/, '.js')))
}

function namedFiles(folder, { main, types, exports, bin }) {
  const named = JSON.stringify([main, types, exports, bin]).matchAll(/"(\.\/dist\/[^"]+)"/g)
  const page = existsSync(join(folder, 'vite.config.ts')) ? ['dist/index.html'] : []
  return [...[...named].map(([, file]) => file), ...page].map((file) => join(folder, file))
}

function filesBelow(folder, ending = '') {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
}
