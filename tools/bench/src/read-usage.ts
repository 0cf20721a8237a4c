import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import type pg from 'pg'

/** What was used since the start. */
export type Usage = {
  /** Processor time of the processes that call or serve, in microseconds; null where the system does not report it. */
  processUs: number | null
  /** Processor time of the database, in microseconds; null where the system does not report it. */
  databaseUs: number | null
  /** Bytes of the log that makes writes durable. */
  walBytes: number
}

export type ReadUsage = () => Promise<Usage>

/** Reads the processor time of some processes since their start, in microseconds; null where the system does not report it. */
export type ReadProcessUs = () => Promise<number | null>

/** A tick of `/proc/<pid>/stat`: a hundredth of a second on every Linux that Node supports. */
const TICK_US = 10_000
const HAS_PROC = existsSync('/proc/self/stat')

export const thisProcess: ReadProcessUs = async () => {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** The processes of these pids, with all of their threads. */
export const processesOf =
  (pids: readonly number[]): ReadProcessUs =>
  async () =>
    sum(await Promise.all(pids.map(readThreadsUs)))

/** A child of this process, which may have ended. No other one ends meanwhile. */
export const childOf =
  (pid: number): ReadProcessUs =>
  async () =>
    sum([await readThreadsUs(pid), await readEndedUs(process.pid)])

/**
 * Reads the usage of processes and of a PostgreSQL server.
 *
 * @param serverPid the server's first process, the parent of all others
 */
export function openUsage(
  admin: pg.Client,
  serverPid: number,
  readProcessUs: ReadProcessUs = thisProcess,
): ReadUsage {
  return async () => {
    const { rows } = await admin.query<{ bytes: string }>(
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') bytes`,
    )
    return {
      processUs: await readProcessUs(),
      databaseUs: await readServerUs(serverPid),
      walBytes: Number(rows[0]?.bytes),
    }
  }
}

/** The processor time of a process and its children, also of those that have ended. */
async function readServerUs(serverPid: number): Promise<number | null> {
  try {
    const text = await readFile(`/proc/${serverPid}/task/${serverPid}/children`, 'utf8')
    const pids = [serverPid, ...text.split(' ').filter(Boolean).map(Number)]
    return sum([...(await Promise.all(pids.map(readThreadsUs))), await readEndedUs(serverPid)])
  } catch {
    return null
  }
}

/** The time of all threads on a processor. 0 where the process has ended; null on a system without /proc. */
async function readThreadsUs(pid: number): Promise<number | null> {
  if (!HAS_PROC) return null
  const threads = await readdir(`/proc/${pid}/task`).catch(() => [])
  const times = threads.map(async (thread) => {
    const text = await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').catch(() => '0')
    return Number(text.split(' ')[0]) / 1_000
  })
  return sum(await Promise.all(times))
}

/** The time of the children that have ended. */
async function readEndedUs(pid: number): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // The name of the program before the closing bracket may have spaces; the times are fields 16 and 17.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields ? (Number(fields[13]) + Number(fields[14])) * TICK_US : null
}

function sum(all: readonly (number | null)[]): number | null {
  return all.reduce((total, one) => (total === null || one === null ? null : total + one), 0)
}
