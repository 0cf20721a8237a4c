import { spawn } from 'node:child_process'
import type { ServerUser } from './choose-server-user.ts'

/** Looks up programs in the usual Unix folders, independent of the caller's PATH. */
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/run/current-system/sw/bin'

/** The environment of PostgreSQL's programs: without the caller's variables (PGPORT, PGDATA, locales). */
export const SERVER_ENVIRONMENT = { PATH, LC_ALL: 'C', TZ: 'UTC' }

/** Runs a program, as `user` when given, and returns its exit code (null: it could not run) and its output. */
export function runProgram(
  file: string,
  args: readonly string[],
  user: ServerUser | null,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    // The root folder as working directory: the server's user may have no access to the present one.
    const child = spawn(file, args, {
      cwd: '/',
      env: SERVER_ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(user && { uid: user.uid, gid: user.gid }),
    })
    let output = ''
    const take = (chunk: Buffer) => {
      output += chunk.toString('utf8')
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('error', (error) => resolve({ code: null, output: error.message }))
    child.once('close', (code) => resolve({ code, output: output.trim() }))
  })
}
