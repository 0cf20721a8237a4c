import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { promisify } from 'node:util'
import type { Arena } from '../arena.ts'

/** A Redis to run against: the one that was given, or one of our own on a free port. Null when there is none. */
export async function findRedis(arena: Arena, given: string | null): Promise<string | null> {
  if (given !== null) return given
  const found = await promisify(execFile)('redis-server', ['--version']).catch(() => null)
  return found && startRedis(arena)
}

/** Reads a line that never comes: when we are gone, however that happened, the pipe closes and the server is ended. */
const KEEP = '"$@" & server=$!; read -r line; kill "$server"; wait "$server"'

/** A Redis at its fastest: nothing is written to disk. Loopback only. */
async function startRedis(arena: Arena): Promise<string> {
  const port = await freePort()
  const options = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const keeper = spawn('/bin/sh', ['-c', KEEP, 'sh', 'redis-server', ...options, '--dir', tmpdir()], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Out of reach of a Ctrl-C: it is ended after those who use it.
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
