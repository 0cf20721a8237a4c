import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { lookAtProcess } from '@zapfleet/holder'
import { parsePostmasterFile } from './postmaster-file.ts'

/**
 * Ends what a killed former start may have left of a server on this cluster, so that a new one can start: a server
 * that still runs is stopped (it belongs to nobody, the folder is ours by now), a `postmaster.pid` whose process is
 * gone, or is some other program that got its pid, is removed. Answers whether a server was stopped.
 */
export async function endLeftover(clusterDir: string): Promise<boolean> {
  const file = join(clusterDir, 'postmaster.pid')
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return false
  const left = parsePostmasterFile(text)
  const seen = left && lookAtProcess(left.pid)
  if (!seen || (seen.command !== '' && !seen.command.includes(clusterDir))) {
    await rm(file, { force: true })
    return false
  }
  await endServer(seen.pid)
  await rm(file, { force: true })
  return true
}

/**
 * Stops a PostgreSQL server by its pid and waits until it is gone: fast (roll back, close, save) for 4 s, then
 * immediate (recovered at the next start), then kill. The signals are PostgreSQL's own (documentation, "Shutting Down the Server").
 */
export async function endServer(pid: number): Promise<void> {
  const startedAt = lookAtProcess(pid)?.startedAt
  const isGone = () => lookAtProcess(pid)?.startedAt !== startedAt
  for (const [signal, patienceMs] of [
    ['SIGINT', 4000],
    ['SIGQUIT', 700],
    ['SIGKILL', 2000],
  ] as const) {
    if (startedAt === undefined || isGone()) return
    try {
      process.kill(pid, signal)
    } catch {
      return
    }
    const deadline = Date.now() + patienceMs
    while (Date.now() < deadline && !isGone()) await sleep(15)
  }
}
