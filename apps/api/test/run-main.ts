import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'

/** A process of this app, run from its source, with its output so far. */
export type MainProcess = {
  child: ChildProcess
  stdout(): string
  stderr(): string
  /** The details of the log line with this message; waits for it. */
  logLine(message: string): Promise<Record<string, unknown>>
  /** The exit code; waits for the end. */
  exitCode(): Promise<number | null>
}

/** Starts `src/main.ts` with nothing in its environment but PATH and what is given, and an IPC channel when told. */
export function runMain(environment: Record<string, string>, options: { ipc?: boolean } = {}): MainProcess {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', '-C', '@zapfleet/source', main], {
    env: { PATH: process.env.PATH, ...environment },
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
  const lines = () =>
    stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    logLine: (message) =>
      vi.waitFor(
        () => {
          const found = lines().find((line) => line.msg === message)
          if (found === undefined) throw new Error(`no line "${message}" in:\n${stdout}\n${stderr}`)
          return found
        },
        { timeout: 25_000, interval: 50 },
      ),
    async exitCode() {
      const [[code]] = await ended
      return code
    },
  }
}
