import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { programOf } from './bundle-program.ts'

const LINE_WITHIN_MS = 300_000

/** A process of one of the apps, with all that it wrote so far. */
export type AppProcess = {
  child: ChildProcess
  stdout(): string
  stderr(): string
  /** The log so far, line by line. */
  lines(): Record<string, unknown>[]
  /** The first line of the log with this message; waits for it, and throws with what was written when it does not come. */
  logLine(message: string): Promise<Record<string, unknown>>
  /** The exit code, null after a signal; waits for the end. */
  exitCode(): Promise<number | null>
  /** Ends it, if it still runs, and waits for the end. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
}

/** Starts the program of `apps/<app>` with `environment` alone; `ipc` opens an IPC channel. */
export async function runApp(
  app: 'api' | 'scheduler' | 'sender' | 'doctor',
  environment: Readonly<Record<string, string>>,
  options: { args?: readonly string[]; ipc?: boolean } = {},
): Promise<AppProcess> {
  const child = spawn(process.execPath, [await programOf(app), ...(options.args ?? [])], {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe', options.ipc ? 'ipc' : 'ignore'],
  })
  const { stdout: out, stderr: err } = child
  if (out === null || err === null) throw new Error('the process was started without pipes')
  let stdout = ''
  let stderr = ''
  out.on('data', (chunk) => {
    stdout += chunk
  })
  err.on('data', (chunk) => {
    stderr += chunk
  })
  // Not `close`: it does not come when the parent itself disconnects the channel.
  const ended = Promise.all([once(child, 'exit'), once(out, 'end'), once(err, 'end')])
  let isOver = false
  ended.then(() => {
    isOver = true
  })
  const lines = (): Record<string, unknown>[] =>
    stdout
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line))
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    lines,
    async logLine(message) {
      const untilMs = Date.now() + LINE_WITHIN_MS
      for (;;) {
        const isLastLook = isOver || Date.now() > untilMs
        const found = lines().find((line) => line.msg === message)
        if (found) return found
        if (isLastLook) throw new Error(`the ${app} wrote no line "${message}", but:\n${stdout}\n${stderr}`)
        await sleep(30)
      }
    },
    async exitCode() {
      const [[code]] = await ended
      return code
    },
    async end(signal) {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal)
      await ended
    },
  }
}
