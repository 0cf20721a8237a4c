import { readFile } from 'node:fs/promises'
import type pg from 'pg'

/** What was used since the start. */
export type Usage = {
  /** Processor time of this process, in microseconds. */
  processUs: number
  /** Processor time of the processes of PostgreSQL, in microseconds; null on a system without /proc. */
  databaseUs: number | null
  /** Bytes of write-ahead log. */
  walBytes: number
}

export type ReadUsage = () => Promise<Usage>

/**
 * Reads the usage of this process and of a PostgreSQL server. A process of the server that ended between two readings is missing in the second
 * one.
 *
 * @param serverPid the server's first process, the parent of all others
 */
export function openUsage(admin: pg.Client, serverPid: number): ReadUsage {
  return async () => {
    const { rows } = await admin.query<{ bytes: string }>(
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') bytes`,
    )
    const { user, system } = process.cpuUsage()
    return {
      processUs: user + system,
      databaseUs: await readServerUs(serverPid),
      walBytes: Number(rows[0]?.bytes),
    }
  }
}

/** The time on a processor of a process and its children, in microseconds. */
async function readServerUs(serverPid: number): Promise<number | null> {
  try {
    const text = await readFile(`/proc/${serverPid}/task/${serverPid}/children`, 'utf8')
    const pids = [String(serverPid), ...text.split(' ').filter((pid) => pid !== '')]
    const times = await Promise.all(pids.map(readNs))
    return times.reduce((sum, ns) => sum + ns, 0) / 1_000
  } catch {
    return null
  }
}

/** PostgreSQL's processes have one thread. 0 where the process has ended. */
async function readNs(pid: string): Promise<number> {
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '0')
  return Number(text.split(' ')[0])
}
