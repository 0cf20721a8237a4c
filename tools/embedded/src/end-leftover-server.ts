import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readProcess } from '@zapfleet/holder'
import { parsePostmasterFile } from './postmaster-file.ts'

/**
 * Ends the server that a killed start left on this cluster, so that a new one can start. A running server is stopped (this
 * process holds the folder, so no other start uses it). A `postmaster.pid` whose process has ended, or whose pid belongs to
 * another program, is removed. Returns whether a server was stopped.
 */
export async function endLeftoverServer(clusterDir: string): Promise<boolean> {
  const file = join(clusterDir, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return false
  const left = parsePostmasterFile(text)
  const running = left && readProcess(left.pid)
  if (!running || (running.command !== '' && !running.command.includes(clusterDir))) {
    await rm(file, { force: true })
    return false
  }
  await endServer(running.pid)
  await rm(file, { force: true })
  return true
}

/**
 * Stops a PostgreSQL server by its pid and waits for its end: fast shutdown (roll back, close, save) for 4 s, then immediate
 * (recovered at the next start), then SIGKILL. The signals are PostgreSQL's own (documentation, "Shutting Down the Server").
 */
export async function endServer(pid: number): Promise<void> {
  const startedAt = readProcess(pid)?.startedAt
  const hasEnded = () => readProcess(pid)?.startedAt !== startedAt
  for (const [signal, patienceMs] of [
    ['SIGINT', 4000],
    ['SIGQUIT', 700],
    ['SIGKILL', 2000],
  ] as const) {
    if (startedAt === undefined || hasEnded()) return
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    const deadline = Date.now() + patienceMs
    while (Date.now() < deadline && !hasEnded()) await sleep(15)
  }
}
