import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerUser } from './choose-server-user.ts'
import { endServer } from './end-leftover-server.ts'
import type { Binaries } from './find-binaries.ts'
import { parsePostmasterFile } from './postmaster-file.ts'
import { SERVER_ENVIRONMENT } from './run-program.ts'

/** The server ended before it was ready; `output` is its own explanation. */
export class PostgresStartError extends Error {
  override readonly name = 'PostgresStartError'
  readonly output: string

  constructor(output: string) {
    super(`PostgreSQL did not start. Its output:\n${output || '(nothing)'}`)
    this.output = output
  }
}

/** A server that is ready. `exited` resolves when it has ended, for any reason; `stop` ends it within 5 s. */
export type Server = { pid: number; exited: Promise<void>; stop(): Promise<void> }

/** A recovery after a crash takes longer. */
const READY_WITHIN_MS = 120_000

/**
 * Starts the server of a cluster on 127.0.0.1 and waits until it accepts connections. It writes to `folder/server.log` (with
 * the log of the former start beside it), because a pipe would break with this process. When this process dies without a stop,
 * a guard process stops the server and removes the `temporary` folders. Throws {@link PostgresStartError}.
 */
export async function runServer(
  binaries: Binaries,
  options: {
    folder: string
    clusterDir: string
    port: number
    settings: Readonly<Record<string, string>>
    temporary: readonly string[]
  },
  user: ServerUser | null,
): Promise<Server> {
  const logFile = join(options.folder, 'server.log')
  const log = openLog(logFile)
  const settings = {
    listen_addresses: '127.0.0.1',
    // The path of a socket has at most 107 bytes, and no program uses it.
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Statements may hold phone numbers: an error is logged without its statement.
    log_min_error_statement: 'panic',
    ...options.settings,
  }
  const args = ['-D', options.clusterDir, '-p', String(options.port)]
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`)
  const child = spawn(binaries.postgres, args, {
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    stdio: ['ignore', log, log],
    // A separate session: a Ctrl-C in the terminal is for this process, which stops the server last.
    detached: true,
    ...(user && { uid: user.uid, gid: user.gid }),
  })
  closeSync(log)
  const ended = { yet: false }
  const exited = new Promise<void>((resolve) => {
    const end = () => {
      ended.yet = true
      resolve()
    }
    child.once('error', end)
    child.once('exit', end)
  })
  child.unref()
  const guard = child.pid === undefined ? null : startGuard(child.pid, options.temporary)
  exited.then(() => guard?.kill('SIGKILL'))

  const deadline = Date.now() + READY_WITHIN_MS
  while (!(await isReady(options.clusterDir, child.pid))) {
    if (ended.yet || Date.now() > deadline) {
      if (child.pid !== undefined && !ended.yet) await endServer(child.pid)
      throw new PostgresStartError(readFileSync(logFile, 'utf8').trim().split('\n').slice(-12).join('\n'))
    }
    await Promise.race([sleep(20), exited])
  }
  const pid = child.pid as number
  return {
    pid,
    exited,
    async stop() {
      if (ended.yet) return
      // A server that is stopping keeps this process alive; a running one does not.
      child.ref()
      await endServer(pid)
      await exited
    },
  }
}

async function isReady(clusterDir: string, pid: number | undefined): Promise<boolean> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '')
  const file = parsePostmasterFile(text)
  return file !== null && file.pid === pid && file.ready
}

function openLog(file: string): number {
  try {
    renameSync(file, `${file}.1`)
  } catch {
    // This is the first start.
  }
  return openSync(file, 'a', 0o600)
}

const GUARD = `
read -r line
kill -INT "$1" 2>/dev/null
pid=$1
shift
[ $# -gt 0 ] || exit 0
turns=0
while kill -0 "$pid" 2>/dev/null && [ $turns -lt 50 ]; do sleep 0.1; turns=$((turns + 1)); done
rm -rf -- "$@"
`

/**
 * A shell that waits for the end of a pipe, which closes only when this process ends, then stops the server and removes the
 * folders.
 */
function startGuard(pid: number, temporary: readonly string[]): ChildProcess | null {
  if (process.platform === 'win32') return null
  const guard = spawn('/bin/sh', ['-c', GUARD, 'sh', String(pid), ...temporary], {
    cwd: '/',
    env: SERVER_ENVIRONMENT,
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.once('error', () => undefined)
  guard.stdin.once('error', () => undefined)
  guard.unref()
  ;(guard.stdin as unknown as { unref(): void }).unref()
  return guard
}
