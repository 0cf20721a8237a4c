import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import type { Arena } from '../arena.ts'

/** A Redis to run against: the given one, or one started here on a free port. Null when there is none. */
export async function findRedis(arena: Arena, given: string | null): Promise<string | null> {
  if (given !== null) return given
  const found = await promisify(execFile)('redis-server', ['--version']).catch(() => null)
  return found && startRedis(arena)
}

/** A shell that reads from a pipe. When this process ends, in whatever way, the pipe closes and the shell ends the server. */
const KEEP = '"$@" & server=$!; read -r line; kill "$server"; wait "$server"'

/** Redis at its fastest: nothing is written to disk. Loopback only. */
async function startRedis(arena: Arena): Promise<string> {
  const port = await freePort()
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const keeper = spawn('/bin/sh', ['-c', KEEP, 'sh', 'redis-server', ...options, '--dir', tmpdir()], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A separate session without Ctrl-C: the server is ended after its clients.
    detached: true,
  })
  const ended = once(keeper, 'exit')
  arena.onClose(async () => {
    keeper.stdin.end()
    await ended
  })
  return `redis://127.0.0.1:${port}`
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
