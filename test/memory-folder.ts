import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { freemem } from 'node:os'
import { join } from 'node:path'

/** Linux keeps the files of this folder in memory. */
const IN_MEMORY = '/dev/shm'
/** A run uses less than one gigabyte; several runs may share a machine. */
const NEEDED_BYTES = 4 * 2 ** 30
const PREFIX = 'zapfleet-tests-'
/** No run takes so long: an older folder is that of a run that was killed. */
const LEFT_BEHIND_MS = 6 * 3_600_000

/**
 * vitest's globalSetup: the temporary files of a run (databases, clones, profiles of browsers) are in memory, where there is
 * enough of it. To make and remove them on a disk is half of the kernel's work in a run. TMPDIR of the caller has precedence.
 */
export function setup(): (() => void) | undefined {
  if (process.env.TMPDIR || freemem() < NEEDED_BYTES) return
  const folder = makeFolder()
  if (folder === null) return
  // The processes of the run inherit it.
  process.env.TMPDIR = folder
  const remove = () => rmSync(folder, { recursive: true, force: true })
  // A run that is interrupted ends without its teardown.
  process.once('exit', remove)
  return () => {
    delete process.env.TMPDIR
    remove()
  }
}

function removeLeftBehind(): void {
  for (const name of readdirSync(IN_MEMORY).filter((one) => one.startsWith(PREFIX))) {
    const folder = join(IN_MEMORY, name)
    const madeMs = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
    if (Date.now() - madeMs > LEFT_BEHIND_MS) rmSync(folder, { recursive: true, force: true })
  }
}

/** A folder in memory that other users can enter; null where there is none with room in which programs can be run. */
function makeFolder(): string | null {
  let folder: string | null = null
  try {
    removeLeftBehind()
    const { bavail, bsize } = statfsSync(IN_MEMORY)
    if (bavail * bsize < NEEDED_BYTES) return null
    folder = mkdtempSync(join(IN_MEMORY, PREFIX))
    chmodSync(folder, 0o1777)
    const program = join(folder, 'program')
    writeFileSync(program, '#!/bin/sh\n', { mode: 0o755 })
    if (spawnSync(program).status === 0) return folder
  } catch {
    // Another system, or no right to write there.
  }
  if (folder !== null) rmSync(folder, { recursive: true, force: true })
  return null
}
