import { readFileSync } from 'node:fs'

/**
 * Calls `onGone` once when the npm (or pnpm) that started us is gone without having told us, as after its kill -9:
 * nobody is left who would stop us. It is our parent, or, where the shell of a script stays in between, that one's.
 */
export function followNpm(onGone: () => void): void {
  const before = starters()
  const watch = setInterval(() => {
    if (starters() === before) return
    clearInterval(watch)
    onGone()
  }, 500)
  watch.unref()
}

function starters(): string {
  const parent = process.ppid
  return `${parent} ${isScriptShell(parent) ? parentOf(parent) : ''}`
}

/** Whether a process is the `sh -c …` of a package script; false where the system does not tell. */
function isScriptShell(pid: number): boolean {
  try {
    const [shell, flag] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    return /(^|\/)(ba|da)?sh$/.test(shell ?? '') && flag === '-c'
  } catch {
    return false
  }
}

/** The fourth field of /proc/<pid>/stat (proc(5)); the second, a name in brackets, may hold anything. */
function parentOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? ''
  } catch {
    return ''
  }
}
