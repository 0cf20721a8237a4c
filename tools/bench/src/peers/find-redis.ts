import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Arena } from '../arena.ts'

const STARTS_WITHIN_MS = 30_000

/** `forgetful`: nothing is written to disk. `durable`: a write is on the disk before its answer, as in PostgreSQL. */
export type RedisKind = 'forgetful' | 'durable'

const OPTIONS: Readonly<Record<RedisKind, readonly string[]>> = {
  forgetful: ['--save', '', '--appendonly', 'no'],
  // A rewrite of the file would slow a single stretch, as a checkpoint of PostgreSQL would.
  durable: [
    ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
    ...['--auto-aof-rewrite-percentage', '0'],
  ],
}

/**
 * A Redis to run against: the given one, which counts as forgetful whatever its settings, or one that is started here. Null when there is no
 * `redis-server`.
 */
export async function findRedis(arena: Arena, kind: RedisKind, given: string | null): Promise<string | null> {
  if (kind === 'forgetful' && given !== null) return given
  const found = await promisify(execFile)('redis-server', ['--version']).catch(() => null)
  return found && startRedis(arena, kind)
}

/**
 * A shell that reads from a pipe. When this process ends, in whatever way, the pipe closes, and the shell ends the server and removes its
 * folder.
 */
const KEEP =
  'folder=$1; shift; "$@" & server=$!; read -r line; kill "$server"; wait "$server"; rm -rf -- "$folder"'

/** On a free port of the loopback, with a folder beside that of PostgreSQL. */
async function startRedis(arena: Arena, kind: RedisKind): Promise<string> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'zapfleet-redis-'))
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', ...OPTIONS[kind], '--dir', folder]
  const keeper = spawn('/bin/sh', ['-c', KEEP, 'sh', folder, 'redis-server', ...options], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A separate session without Ctrl-C: the server is ended after its clients.
    detached: true,
  })
  const ended = once(keeper, 'exit')
  arena.onClose(async () => {
    keeper.stdin.end()
    await ended
  })
  await untilListening(port)
  return `redis://127.0.0.1:${port}`
}

/** @throws Error when nothing listens in time */
async function untilListening(port: number): Promise<void> {
  const signal = AbortSignal.timeout(STARTS_WITHIN_MS)
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect', { signal })
      return
    } catch (error) {
      if (signal.aborted) throw new Error('redis-server did not start.', { cause: error })
      await sleep(20)
    } finally {
      socket.destroy()
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
