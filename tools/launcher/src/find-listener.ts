import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'
import { promisify } from 'node:util'

/**
 * The program that listens on a TCP port of this machine, as text: `node (process 4711)`. Null where that is not readable:
 * another user's program, or a system without /proc.
 */
export async function findListener(port: number): Promise<string | null> {
  try {
    return process.platform === 'linux' ? await readProc(port) : await readLsof(port)
  } catch {
    return null
  }
}

async function readProc(port: number): Promise<string | null> {
  const sockets = await listeningSockets(port)
  if (sockets.size === 0) return null
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    const files = await readdir(`/proc/${pid}/fd`).catch(() => [])
    for (const file of files) {
      const target = await readlink(`/proc/${pid}/fd/${file}`).catch(() => '')
      if (sockets.has(target))
        return `${(await readFile(`/proc/${pid}/comm`, 'utf8')).trim()} (process ${pid})`
    }
  }
  return null
}

/** The names, as in /proc/<pid>/fd, of the sockets that listen on a port (proc(5): local address in hex, state 0A). */
async function listeningSockets(port: number): Promise<Set<string>> {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const names = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'utf8').catch(() => '')
    for (const line of text.split('\n').slice(1)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/)
      if (local?.endsWith(wanted) && state === '0A') names.add(`socket:[${inode}]`)
    }
  }
  return names
}

async function readLsof(port: number): Promise<string | null> {
  const { stdout } = await promisify(execFile)('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'])
  const pid = /^p(\d+)$/m.exec(stdout)?.[1]
  const name = /^c(.+)$/m.exec(stdout)?.[1]
  return pid && name ? `${name} (process ${pid})` : null
}
