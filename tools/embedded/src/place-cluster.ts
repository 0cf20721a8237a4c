import { randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isRoot, type ServerUser } from './choose-server-user.ts'
import { runProgram } from './run-program.ts'
import { stateFolders } from './state-folders.ts'

/**
 * The content of `location.json` in a data folder whose cluster is elsewhere; `inode` distinguishes the folder from a
 * copy of it.
 */
type Location = { folder: string; inode: number }

/**
 * Chooses and makes the folder of the cluster of `dataDir`. It is `dataDir` itself where the server's user can work in it. Else
 * (root's home, a file system without owners) it is a separate folder among the state folders; the file `location.json` in
 * `dataDir` stores it, so that the next start finds it and a copied `dataDir` gets another one. Throws when no folder can be
 * used, or when an existing cluster is unreachable.
 */
export async function placeCluster(dataDir: string, user: ServerUser | null): Promise<string> {
  await mkdir(dataDir, { recursive: true })
  if (await holdsCluster(dataDir)) {
    if (await canWorkIn(dataDir, user)) return dataDir
    throw new Error(
      `The database in ${dataDir} cannot be entered by the user that PostgreSQL runs as (uid ${user?.uid ?? process.getuid?.()}). ` +
        'Give that user the right to enter every folder above it (chmod o+x), or start as the user who made it.',
    )
  }
  const known = await readLocation(dataDir)
  if (known && (await holdsCluster(known))) return known
  if (await canWorkIn(dataDir, user)) return dataDir

  for (const parent of stateFolders(isRoot())) {
    const folder = join(
      parent,
      `${basename(dirname(dataDir)).replace(/[^A-Za-z0-9-]/g, '')}-${randomBytes(6).toString('hex')}`,
    )
    try {
      await mkdir(folder, { recursive: true })
      await chmod(parent, 0o755)
      await chmod(folder, 0o755)
      if (await canWorkIn(folder, user)) {
        await writeLocation(dataDir, folder)
        return folder
      }
      await rm(folder, { recursive: true, force: true })
    } catch {
      // Read-only, or another user's: try the next one.
    }
  }
  throw new Error(
    `PostgreSQL cannot keep its data in ${dataDir}, nor in ${stateFolders(isRoot()).join(', ')}: none can be written and entered by its user. ` +
      'Set ZAPFLEET_DATA_DIR to a folder that can.',
  )
}

async function holdsCluster(folder: string): Promise<boolean> {
  return (await stat(join(folder, 'cluster')).catch(() => null)) !== null
}

/**
 * PostgreSQL needs a folder that its user owns, with mode 700, and access to its parents. Makes one for a test and removes it.
 */
async function canWorkIn(folder: string, user: ServerUser | null): Promise<boolean> {
  let probe: string | null = null
  try {
    probe = await mkdtemp(join(folder, 'probe-'))
    if (user) await chown(probe, user.uid, user.gid)
    await chmod(probe, 0o700)
    const probed = await stat(probe)
    if (user && probed.uid !== user.uid) return false
    if (process.platform !== 'win32' && (probed.mode & 0o777) !== 0o700) return false
    if (!user) return true
    return (await runProgram('/bin/sh', ['-c', 'cd -- "$1" && : > file', 'sh', probe], user)).code === 0
  } catch {
    return false
  } finally {
    if (probe) await rm(probe, { recursive: true, force: true })
  }
}

async function readLocation(dataDir: string): Promise<string | null> {
  try {
    const location = JSON.parse(await readFile(join(dataDir, 'location.json'), 'utf8')) as Location
    return location.inode === (await stat(dataDir)).ino ? location.folder : null
  } catch {
    return null
  }
}

async function writeLocation(dataDir: string, folder: string): Promise<void> {
  const location: Location = { folder, inode: (await stat(dataDir)).ino }
  await writeFile(join(dataDir, 'location.json'), `${JSON.stringify(location)}\n`)
}
