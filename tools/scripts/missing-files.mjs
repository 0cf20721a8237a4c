// Whether the build of a package is complete.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Imports of files beside: `from './x.js'`, `import './x.js'`, `import('./x.js')`, each at the start of a statement. */
const IMPORTS =
  /^(?:import|export)\b[^'"`;]*?['"](\.{1,2}\/[^'"]+\.js)['"]|^[^'"`\n*/]*\bimport\(['"](\.{1,2}\/[^'"]+\.js)['"]\)/gm

/**
 * The files, relative to `folder`, that the build of the package in `folder` lacks: the output of each source, the target of each
 * relative import, and what `exports`, `main` and `bin` of package.json and the page name. `compiledTo`: only what tsc made is
 * judged, and it lies in this folder instead of that of tsconfig.json.
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

/** Where tsc puts the build of the package in `folder`, relative to it; undefined for a package that tsc does not compile. */
export function outputFolder(folder) {
  const config = join(folder, 'tsconfig.json')
  return existsSync(config) ? /"outDir": "([^"]+)"/.exec(readFileSync(config, 'utf8'))?.[1] : undefined
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

function filesBelow(folder, ending) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(entry.parentPath, entry.name))
}
