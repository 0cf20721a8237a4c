import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * A live process: `startedAt` is an opaque word that differs when the pid was given to another process
 * (clock ticks since boot on Linux, a date elsewhere); `command` is its command line.
 */
export type ProcessSeen = { pid: number; startedAt: string; command: string }

/**
 * Looks at a process by its pid: null when none lives there. A zombie counts as gone: it holds no port and no file,
 * but in a container whose first process reaps nobody it answers signals for ever.
 */
export function lookAtProcess(pid: number): ProcessSeen | null {
  if (!Number.isInteger(pid) || pid <= 0 || !answersSignals(pid)) return null
  try {
    return process.platform === 'linux' ? readProc(pid) : askPs(pid)
  } catch {
    // It lives, but its particulars are hidden from this user.
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

function readProc(pid: number): ProcessSeen | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The second field is the program's name in brackets and may hold spaces and brackets: count from its end.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  if (fields[0] === 'Z' || fields[0] === 'X') return null
  const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  return { pid, startedAt: fields[19] ?? 'unknown', command }
}

function askPs(pid: number): ProcessSeen | null {
  const ask = (column: string) =>
    execFileSync('ps', ['-p', String(pid), '-o', `${column}=`], { encoding: 'utf8' }).trim()
  if (ask('stat').startsWith('Z')) return null
  return { pid, startedAt: ask('lstart'), command: ask('command') }
}
