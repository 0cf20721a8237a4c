import { randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lookAtProcess } from './look-at-process.ts'

/** The process that holds a folder, and its note for others (addresses, children). */
export type Holder = { pid: number; note: unknown }

/** What a holder writes into its folder. */
type Record = Holder & { startedAt: string }

const FILE = 'holder.json'

/**
 * A folder held by this process alone.
 * `left` is the note of a former holder that died without letting go, else null;
 * `write` replaces our own note; `release` lets go (more than once is fine).
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
 * Takes a folder (made if missing) for this process, by the file `holder.json` in it, until `release` or death:
 * a file whose process is gone, or whose pid belongs to another process by now, is taken over.
 * Throws {@link FolderInUseError} when a live process, this one included, holds it.
 */
export function holdFolder(folder: string, note: unknown = null): Hold {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, FILE)
  const me = lookAtProcess(process.pid)
  const mine: Record = { pid: process.pid, startedAt: me?.startedAt ?? 'unknown', note }
  const own = join(folder, `holder.${process.pid}.${randomBytes(4).toString('hex')}`)
  let left: unknown = null

  writeFileSync(own, JSON.stringify(mine), { mode: 0o600 })
  try {
    // link() creates or fails, and never shows a half-written file.
    while (!linked(own, file)) {
      const found = read(file)
      if (found && isAlive(found)) throw new FolderInUseError(folder, found.pid, found.note)
      left = found?.note ?? null
      setAside(file, found)
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
    // File systems without hard links (some shared folders): an exclusive create is nearly as good.
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
  const seen = lookAtProcess(record.pid)
  return seen !== null && (seen.startedAt === record.startedAt || seen.startedAt === 'unknown')
}

function setAside(file: string, found: Record | null): void {
  const aside = `${file}.${randomBytes(4).toString('hex')}`
  try {
    renameSync(file, aside)
  } catch {
    return // Somebody else was quicker; look again.
  }
  const moved = read(aside)
  // Between our look and our move a third process may have taken it: then give it back.
  if (moved && (moved.pid !== found?.pid || moved.startedAt !== found.startedAt)) linked(aside, file)
  rmSync(aside, { force: true })
}
