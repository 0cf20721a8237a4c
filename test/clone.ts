import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** The folder of this clone. */
export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '')

/** The folders of all workspace packages, relative to the clone. */
export function packageFolders(): string[] {
  const workspace = parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')) as { packages: string[] }
  return workspace.packages
    .flatMap((pattern) => {
      const group = pattern.replace(/\/\*$/, '')
      return group === pattern ? [pattern] : readdirSync(join(root, group)).map((name) => `${group}/${name}`)
    })
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
}

const AT_THE_TOP = [
  '.gitignore',
  '.pnpmfile.cjs',
  'package.json',
  'pnpm-lock.yaml',
  'pnpm-workspace.yaml',
  'prisma',
  'prisma.config.ts',
  'tools/scripts',
  'tsconfig.base.json',
  'turbo.json',
]

/**
 * Copies the sources of all packages into `clone`, with links to the packages that are installed here, and no build. It has every
 * file that turbo hashes (also the tests), so turbo restores from its cache what was built here.
 */
export function copyClone(clone: string): void {
  for (const name of AT_THE_TOP) cpSync(join(root, name), join(clone, name), { recursive: true })
  // Stamps are written into node_modules.
  mkdirSync(join(clone, 'node_modules'))
  for (const name of readdirSync(join(root, 'node_modules')))
    if (!name.startsWith('.zapfleet-'))
      symlinkSync(join(root, 'node_modules', name), join(clone, 'node_modules', name))
  for (const folder of packageFolders()) {
    cpSync(join(root, folder), join(clone, folder), {
      recursive: true,
      // The links between packages lead into the copy.
      verbatimSymlinks: true,
      filter: (path) => !/^(dist|\.turbo|\.vite|\.dist-next-\d+)$/.test(basename(path)),
    })
  }
}
