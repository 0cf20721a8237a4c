import { stat } from 'node:fs/promises'
import { runProgram } from './run-program.ts'

/** The unprivileged user that runs the server when this process is root. */
export type ServerUser = { uid: number; gid: number }

/** Whether this process is root. PostgreSQL refuses to run as root, so another user is needed. */
export function isRoot(): boolean {
  return process.getuid?.() === 0
}

/**
 * Chooses the user that runs the server: null (this one) unless this process is root. As root: the owner of the existing
 * cluster, if there is one and it is not root; else `postgres`; else `nobody`; else a new system user `postgres`. Throws when
 * none of these is available.
 */
export async function chooseServerUser(clusterDir: string | null): Promise<ServerUser | null> {
  if (!isRoot()) return null
  const owner = clusterDir && (await stat(clusterDir).catch(() => null))
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }

  const found = (await findUser('postgres')) ?? (await findUser('nobody'))
  if (found) return found
  await runProgram('useradd', ['--system', '--no-create-home', '--shell', '/bin/false', 'postgres'], null)
  const made = await findUser('postgres')
  if (made) return made
  throw new Error(
    'PostgreSQL does not run as root, and this machine has neither a user "postgres" nor "nobody", and none could be made. ' +
      'Start as an ordinary user, or set DATABASE_URL to a database of your own.',
  )
}

async function findUser(name: string): Promise<ServerUser | null> {
  const uid = await runProgram('id', ['-u', name], null)
  const gid = await runProgram('id', ['-g', name], null)
  if (uid.code !== 0 || gid.code !== 0 || Number(uid.output) === 0) return null
  return { uid: Number(uid.output), gid: Number(gid.output) }
}
