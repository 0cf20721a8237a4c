import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readProcess } from './read-process.ts'

/** The process that holds a folder, and its note for other processes (addresses, children). */
export type Holder = { pid: number; note: unknown }

/** The content of the holder's file. */
type Record = Holder & { startedAt: string }

const FILE = 'holder.json'

/**
 * A folder held by this process alone. `left` is the note of a former holder that died without a release, else null; `write`
 * replaces the own note; `release` frees the folder (it may be called again).
 */
export type Hold = { left: unknown; write(note: unknown): void; release(): void }

/** Another live process holds the folder: `pid` and its `note`. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError'
  readonly pid: number
  readonly note: unknown

  constructor(folder: string, pid: number, note: unknown) {
    super(`${folder} is in use by process ${pid}. Stop that one first, or name another folder.`)
    this.pid = pid
    this.note = note
  }
}

/**
 * Holds a folder (created if missing) for this process, by the file `holder.json` in it, until `release` or the end of the
 * process. A file whose process has ended, or whose pid now belongs to another process, is replaced. Throws {@link
 * FolderInUseError} when a live process, this one included, holds the folder.
 */
export function holdFolder(folder: string, note: unknown = null): Hold {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, FILE)
  const self = readProcess(process.pid)
  const mine: Record = { pid: process.pid, startedAt: self?.startedAt ?? 'unknown', note }
  const own = join(folder, `holder.${process.pid}.${randomBytes(4).toString('hex')}`)
  let left: unknown = null

  writeFileSync(own, JSON.stringify(mine), { mode: 0o600 })
  try {
    // link() creates the file or fails, and never shows a half-written one.
    while (!linked(own, file)) {
      const found = read(file)
      if (found && isAlive(found)) throw new FolderInUseError(folder, found.pid, found.note)
      left = found?.note ?? null
      removeStale(file, found)
    }
  } finally {
    rmSync(own, { force: true })
  }

  return {
    left,
    write(newNote) {
      writeFileSync(own, JSON.stringify({ ...mine, note: newNote }), { mode: 0o600 })
      renameSync(own, file)
    },
    release() {
      const found = read(file)
      if (found?.pid === mine.pid && found.startedAt === mine.startedAt) rmSync(file, { force: true })
    },
  }
}

/** The process that holds a folder now; null when none does, or when it died without a release. */
export function readHolder(folder: string): Holder | null {
  const found = read(join(folder, FILE))
  return found !== null && isAlive(found) ? { pid: found.pid, note: found.note } : null
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'EEXIST') return false
    // A file system without hard links (some shared folders): an exclusive create is nearly as good.
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS' && code !== 'EMLINK') throw error
    try {
      writeFileSync(to, readFileSync(from), { flag: 'wx', mode: 0o600 })
      return true
    } catch (inner) {
      if ((inner as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw inner
    }
  }
}

function read(file: string): Record | null {
  try {
    const record = JSON.parse(readFileSync(file, 'utf8')) as Partial<Record> | null
    if (typeof record?.pid !== 'number' || typeof record.startedAt !== 'string') return null
    return { pid: record.pid, startedAt: record.startedAt, note: record.note ?? null }
  } catch {
    return null
  }
}

function isAlive(record: Record): boolean {
  const running = readProcess(record.pid)
  return running !== null && (running.startedAt === record.startedAt || running.startedAt === 'unknown')
}

function removeStale(file: string, found: Record | null): void {
  const aside = `${file}.${randomBytes(4).toString('hex')}`
  try {
    renameSync(file, aside)
  } catch {
    return // Another process was faster; try again.
  }
  const moved = read(aside)
  // Between the read and the rename a third process may have taken the folder: restore its file.
  if (moved && (moved.pid !== found?.pid || moved.startedAt !== found.startedAt)) linked(aside, file)
  rmSync(aside, { force: true })
}
