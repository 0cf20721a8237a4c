import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, open, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { promisify } from 'node:util'
import { DATABASE_ERRORS, type Fault } from './fault.ts'

const run = promisify(execFile)
/** A new cluster takes about 45 MB, and each segment of its write-ahead log 16 MB. */
const DISK_MB = 192
const LEFT_BYTES = 256 * 1024

let folder = ''
const ballast = (): string => join(folder, 'ballast')

export const diskFull: Fault = {
  name: 'disk-full',
  title: "PostgreSQL's disk is full, then has room again",
  allowedErrors: DATABASE_ERRORS,
  noticedBy: ['callers'],
  recoversWithinMs: 10_000,
  async unavailable() {
    if (process.platform !== 'linux') return 'needs Linux, to mount a small file system'
    const trial = await mkdtemp(join(tmpdir(), 'zapfleet-chaos-disk-'))
    try {
      await mount(trial)
      await run('umount', [trial])
      return null
    } catch {
      return 'needs the right to mount a small file system (root)'
    } finally {
      await rm(trial, { recursive: true, force: true })
    }
  },
  async prepare() {
    folder = await mkdtemp(join(tmpdir(), 'zapfleet-chaos-disk-'))
    await mount(folder)
    const data = join(folder, 'data')
    await mkdir(data)
    await run('chmod', ['755', folder])
    return {
      plan: { databaseFolder: data },
      async tidy() {
        await run('umount', ['-l', folder]).catch(() => {})
        await rm(folder, { recursive: true, force: true })
      },
    }
  },
  async strike({ site, hold }) {
    // Pages and the write-ahead log have room at first, and space that is freed meanwhile is filled as well.
    let full = true
    const filling = (async () => {
      while (full) {
        await fill()
        await rest(100)
      }
    })()
    await hold()
    full = false
    await filling
    const died = !site.database.running()
    await rm(ballast())
    // A server that cannot write its write-ahead log ends itself, and is started again as by an orchestrator.
    await site.database.start()
    return { note: died ? 'the server ended itself and was started again' : 'the server went on' }
  },
}

const mount = (where: string): Promise<unknown> =>
  run('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=755`, 'zapfleet-chaos', where])

/** Fills the disk to the last quarter of a megabyte. */
async function fill(): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const bytes = bavail * bsize - LEFT_BYTES
  if (bytes <= 0) return
  const file = await open(ballast(), 'a')
  const piece = Buffer.alloc(2 ** 20)
  try {
    for (let left = bytes; left > 0; left -= piece.length)
      await file.write(piece, 0, Math.min(left, piece.length)).catch(() => {})
  } finally {
    await file.close()
  }
}
