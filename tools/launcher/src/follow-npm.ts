import { readFileSync } from 'node:fs'

/**
 * Calls `onGone` once when the npm (or pnpm) that started this process ends without a signal to it, as after a kill -9, because
 * then no program is left that would stop it. npm is the parent or, where the shell of a script runs in between, the parent's
 * parent.
 */
export function followNpm(onGone: () => void): void {
  const before = starters()
  const timer = setInterval(() => {
    if (starters() === before) return
    clearInterval(timer)
    onGone()
  }, 500)
  timer.unref()
}

function starters(): string {
  const parent = process.ppid
  return `${parent} ${isScriptShell(parent) ? parentOf(parent) : ''}`
}

/** Whether a process is the `sh -c …` of a package script; false on a system without /proc. */
function isScriptShell(pid: number): boolean {
  try {
    const [shell, flag] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return /(^|\/)(ba|da)?sh$/.test(shell ?? '') && flag === '-c'
  } catch {
    return false
  }
}

/** The fourth field of /proc/<pid>/stat (proc(5)). The second is a name in brackets and may hold any character. */
function parentOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? ''
  } catch {
    return ''
  }
}
