import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('..', import.meta.url))

/** Where the built page lies. */
export const DIST = join(home, 'dist')

/** One file of this name exists while a process builds. */
const LOCK = join(home, 'node_modules/.page-build')
/** A lock that is older belongs to a process that was killed. */
const STALE_MS = 120_000

/** Builds the page, unless the build is younger than all it is made of. Test files run side by side: one builds, the others wait. */
export function buildPage(): void {
  while (!isBuilt()) {
    if (takeLock()) {
      try {
        if (!isBuilt()) build()
      } finally {
        rmSync(LOCK, { force: true })
      }
      return
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
}

function isBuilt(): boolean {
  const made = join(DIST, 'index.html')
  const sources = [
    'src',
    'vite.config.ts',
    'package.json',
    '../../packages/client/src',
    '../../pnpm-lock.yaml',
  ]
  const youngest = Math.max(...sources.map((name) => changedMs(join(home, name))))
  return existsSync(made) && statSync(made).mtimeMs > youngest
}

function takeLock(): boolean {
  try {
    writeFileSync(LOCK, '', { flag: 'wx' })
    return true
  } catch {
    const lock = statSync(LOCK, { throwIfNoEntry: false })
    if (lock && Date.now() - lock.mtimeMs > STALE_MS) rmSync(LOCK, { force: true })
    return false
  }
}

function build(): void {
  // In a process of its own: vite would build for tests inside of vitest.
  const { status, stderr } = spawnSync(process.execPath, [join(home, 'build.mjs')], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The page could not be built:\n${stderr}`)
}

function changedMs(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(...readdirSync(path).map((name) => changedMs(join(path, name))))
}
