// Puts a finished build in the place of the one before it, while programs start from that place.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/**
 * Moves every file of `next` into `folder`, each by one rename, then removes what `folder` has and `next` had not, and `next`.
 * A file that is in both builds exists at every moment, so a program that starts meanwhile finds all its files.
 */
export function swapFolder(next, folder) {
  const files = filesBelow(next)
  // What others load first comes last: what it names is there before it.
  const isEntry = (file) => (/(^|[/\\])(main\.js|index\.js|index\.html)$/.test(file) ? 1 : 0)
  for (const file of files.sort((a, b) => isEntry(a) - isEntry(b))) {
    const target = join(folder, file)
    mkdirSync(dirname(target), { recursive: true })
    renameSync(join(next, file), target)
  }
  const kept = new Set(files)
  for (const file of filesBelow(folder)) if (!kept.has(file)) rmSync(join(folder, file))
  rmSync(next, { recursive: true, force: true })
}

function filesBelow(folder) {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}
