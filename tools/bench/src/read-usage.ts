import { readFile } from 'node:fs/promises'
import type pg from 'pg'

/** What was used since the start. */
export type Usage = {
  /** Processor time of this process, in microseconds. */
  processUs: number
  /** Processor time of each process of PostgreSQL, in microseconds, by its pid; null on a system without /proc. */
  databaseUs: ReadonlyMap<string, number> | null
  /** Bytes of write-ahead log. */
  walBytes: number
}

export type ReadUsage = () => Promise<Usage>

/**
 * Reads the usage of this process and of a PostgreSQL server.
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

/** The processor time of a process and its children. */
async function readServerUs(serverPid: number): Promise<ReadonlyMap<string, number> | null> {
  try {
    const text = await readFile(`/proc/${serverPid}/task/${serverPid}/children`, 'utf8')
    const pids = [String(serverPid), ...text.split(' ').filter((pid) => pid !== '')]
    return new Map(await Promise.all(pids.map(async (pid) => [pid, (await readNs(pid)) / 1_000] as const)))
  } catch {
    return null
  }
}

/** The time on a processor; PostgreSQL's processes have one thread. 0 where the process has ended. */
async function readNs(pid: string): Promise<number> {
  const text = await readFile(`/proc/${pid}/schedstat`, 'utf8').catch(() => '0')
  return Number(text.split(' ')[0])
}
