import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
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
