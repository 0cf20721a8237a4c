import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * A live process. `startedAt` is an opaque string that differs when the pid belongs to another process (clock ticks since boot
 * on Linux, a date elsewhere); `command` is its command line.
 */
export type RunningProcess = { pid: number; startedAt: string; command: string }

/**
 * Reads a process by its pid; null when there is none. A zombie counts as ended: it holds no port and no file, but in a
 * container whose first process reaps no children it accepts signals without end.
 */
export function readProcess(pid: number): RunningProcess | null {
  if (!Number.isInteger(pid) || pid <= 0 || !answersSignals(pid)) return null
  try {
    return process.platform === 'linux' ? readProc(pid) : readPs(pid)
  } catch {
    // It is alive, but its details are hidden from this user.
    return answersSignals(pid) ? { pid, startedAt: 'unknown', command: '' } : null
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function readProc(pid: number): RunningProcess | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is the program's name in brackets and may hold spaces and brackets: count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return null
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  return { pid, startedAt: fields[19] ?? 'unknown', command }
}

function readPs(pid: number): RunningProcess | null {
  const column = (name: string) =>
    execFileSync('ps', ['-p', String(pid), '-o', `${name}=`], { encoding: 'utf8' }).trim()
  if (column('stat').startsWith('Z')) return null
  return { pid, startedAt: column('lstart'), command: column('command') }
}
