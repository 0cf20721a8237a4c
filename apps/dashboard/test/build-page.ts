import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('..', import.meta.url))

/** Where the built page lies. */
export const DIST = join(home, 'dist')

/** Builds the page, unless the build that lies there is younger than all it is made of. */
export function buildPage(): void {
  const made = join(DIST, 'index.html')
  const sources = [
    'src',
    'vite.config.ts',
    'package.json',
    '../../packages/client/src',
    '../../pnpm-lock.yaml',
  ]
  const youngest = Math.max(...sources.map((name) => changedMs(join(home, name))))
  if (existsSync(made) && statSync(made).mtimeMs > youngest) return
  // In a process of its own: vite would build for tests inside of vitest.
  const { status, stderr } = spawnSync(process.execPath, [join(home, 'build.mjs')], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The page could not be built:\n${stderr}`)
}

function changedMs(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(...readdirSync(path).map((name) => changedMs(join(path, name))))
}
