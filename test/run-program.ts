import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'

/** A program of ours, run from its source, with everything that it wrote so far. */
export type Program = {
  child: ChildProcess
  written(): string
  /** The details of the first log line with this message; waits for it. */
  line(message: string): Promise<Record<string, unknown>>
  stop(): Promise<void>
}

/** Starts `apps/<name>/src/main.ts` with nothing in its environment but PATH and what is given. */
export function runProgram(name: 'api' | 'scheduler', environment: Record<string, string>): Program {
  const main = fileURLToPath(new URL(`../apps/${name}/src/main.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', '-C', '@zapfleet/source', main], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let written = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      written += chunk
    })
  const exited = once(child, 'exit')
  const lines = (): Record<string, unknown>[] =>
    written
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line))
  return {
    child,
    written: () => written,
    line: (message) =>
      vi.waitFor(
        () => {
          const found = lines().find((line) => line.msg === message)
          if (found === undefined) throw new Error(`no line "${message}" in:\n${written.slice(-3_000)}`)
          return found
        },
        { timeout: 40_000, interval: 50 },
      ),
    async stop() {
      if (child.exitCode === null) child.kill('SIGTERM')
      await exited
    },
  }
}
