import { randomBytes } from 'node:crypto'
import { chown, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServerUser } from './choose-server-user.ts'
import type { Binaries } from './find-binaries.ts'
import { runProgram } from './run-program.ts'

/** The superuser and the database of every embedded cluster. */
export const OWNER = 'zapfleet'

const PASSWORD_FILE = 'zapfleet.password'

/** A cluster that can be started: its folder and the password of {@link OWNER}. */
export type Cluster = { dir: string; password: string; made: boolean }

/**
 * Finds or makes the cluster in `folder/cluster`. It is made under another name and renamed when complete, so a folder of that
 * name is always whole; the leftovers of a killed initdb are removed. A folder that may be a real cluster is never deleted; one
 * of that name without a cluster is renamed. The password (32 random bytes) is in the cluster, readable by the server's user
 * only. `temporary`, for clusters that live as long as a test run: made without the flush to disk, and with one iteration for the
 * hash of the password, which a quarter of the processor time of a new connection is spent on.
 */
export async function makeCluster(
  folder: string,
  binaries: Binaries,
  user: ServerUser | null,
  { temporary }: { temporary: boolean },
): Promise<Cluster> {
  const dir = join(folder, 'cluster')
  for (const name of await readdir(folder)) {
    if (name.startsWith('cluster.new-')) await rm(join(folder, name), { recursive: true, force: true })
  }
  if (await exists(dir)) {
    if (await mayBeCluster(dir)) return { dir, password: await readPassword(dir), made: false }
    await rename(dir, `${dir}.aside-${randomBytes(4).toString('hex')}`)
  }

  const unfinished = join(folder, `cluster.new-${randomBytes(4).toString('hex')}`)
  const passwordFile = `${unfinished}.password`
  const password = randomBytes(32).toString('base64url')
  const give = async (path: string) => user && chown(path, user.uid, user.gid)
  try {
    // initdb runs as the server's user, who may not write to `folder`, and accepts an empty folder.
    await mkdir(unfinished, { mode: 0o700 })
    await give(unfinished)
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
    await give(passwordFile)
    const { code, output } = await runProgram(
      binaries.initdb,
      initdbArguments(unfinished, passwordFile, temporary),
      user,
    )
    if (code !== 0) throw new Error(`PostgreSQL could not make its data folder ${dir}:\n${output}`)
    await writeFile(join(unfinished, PASSWORD_FILE), `${password}\n`, { mode: 0o600 })
    await give(join(unfinished, PASSWORD_FILE))
    await rename(unfinished, dir)
  } finally {
    await rm(passwordFile, { force: true })
    await rm(unfinished, { recursive: true, force: true })
  }
  return { dir, password, made: true }
}

function initdbArguments(dir: string, passwordFile: string, temporary: boolean): string[] {
  return [
    `--pgdata=${dir}`,
    `--username=${OWNER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // PostgreSQL's own Unicode rules: the machine's locales may be missing or change.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--no-instructions',
    ...(temporary ? ['--no-sync', '--set=scram_iterations=1'] : []),
  ]
}

async function mayBeCluster(dir: string): Promise<boolean> {
  return (await exists(join(dir, 'PG_VERSION'))) || (await exists(join(dir, 'global', 'pg_control')))
}

async function readPassword(dir: string): Promise<string> {
  try {
    return (await readFile(join(dir, PASSWORD_FILE), 'utf8')).trim()
  } catch (error) {
    throw new Error(
      `The database in ${dir} was made by another program or user: its ${PASSWORD_FILE} cannot be read ` +
        `(${(error as NodeJS.ErrnoException).code}). Start as the user who made it, or name another data folder.`,
      { cause: error },
    )
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}
