import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('..', import.meta.url))

/** The folder of the built page. */
export const DIST = join(home, 'dist')

/** This file exists while a process builds. */
const LOCK = join(home, 'node_modules/.page-build')
/** An older lock belongs to a process that was killed. */
const STALE_MS = 120_000

/** Builds the page, unless the build is newer than all of its sources. Of parallel test files one builds, the others wait. */
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
  // In a separate process: inside of vitest, vite would build in test mode.
  const { status, stderr } = spawnSync(process.execPath, [join(home, 'build.mjs')], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`The page could not be built:\n${stderr}`)
}

function changedMs(path: string): number {
  const stat = statSync(path)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(...readdirSync(path).map((name) => changedMs(join(path, name))))
}
