import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type LogLine, readLogLine } from './log-line.ts'
import { openLog } from './open-log.ts'

/**
 * A program to run: `args` are those of Node, with the program's file; `env` is its whole environment; `onLine` receives every
 * line at once, raw and parsed.
 */
export type ChildOptions = {
  name: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
  cwd: string
  logFile: string
  onLine?: (raw: string, line: LogLine) => void
}

/**
 * A running child. `ended` resolves, with a description ("code 1"), when it has ended and its output is read. `output` has its
 * last lines: `plain` those that are no log entries (a crash, a refused environment), `urgent` those and the warnings and errors of the log, `all`
 * with all log entries. `stop`: SIGTERM,
 * and SIGKILL after `graceMs`; `kill`: SIGKILL at once. Both reach the child's own children too.
 */
export type Child = {
  name: string
  pid: number
  ended: Promise<string>
  output(): { plain: string[]; urgent: string[]; all: string[] }
  stop(graceMs: number): Promise<void>
  kill(): void
}

const LAST_LINES = 30

/** The same path from src/ and from dist/. */
const FOLLOW_PARENT = new URL('../follow-parent.mjs', import.meta.url).href

/**
 * Starts a Node program as a child that ends with this process (follow-parent.mjs), in its own process group: the launcher
 * passes the signals of the terminal on.
 */
export function runChild(options: ChildOptions): Child {
  const log = openLog(options.logFile)
  const plain: string[] = []
  const urgent: string[] = []
  const all: string[] = []
  const child = spawn(process.execPath, ['--import', FOLLOW_PARENT, ...options.args], {
    cwd: options.cwd,
    env: { ...options.env, ZAPFLEET_PARENT: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: process.platform !== 'win32',
  })

  const listen = (stream: Readable | null, name: 'stdout' | 'stderr') =>
    stream &&
    createInterface({ input: stream }).on('line', (raw) => {
      log.write(raw)
      const line = readLogLine(raw, name)
      keep(all, line.text)
      if (line.urgent) keep(urgent, line.text)
      if (name === 'stderr' && line.text === raw) keep(plain, raw)
      options.onLine?.(raw, line)
    })
  listen(child.stdout, 'stdout')
  listen(child.stderr, 'stderr')

  let hasEnded = false
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', () => {
      hasEnded = true
    })
    child.once('close', (code, signal) => resolve(signal ? `signal ${signal}` : `code ${code}`))
  }).finally(() => {
    hasEnded = true
    log.close()
  })
  const send = (signal: NodeJS.Signals) => {
    if (child.pid === undefined) return
    try {
      process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal)
    } catch {
      // It has ended.
    }
  }
  return {
    name: options.name,
    pid: child.pid ?? 0,
    ended,
    output: () => ({ plain: [...plain], urgent: [...urgent], all: [...all] }),
    async stop(graceMs) {
      if (hasEnded) return
      send('SIGTERM')
      const patience = new AbortController()
      await Promise.race([ended, sleep(graceMs, null, { signal: patience.signal }).catch(() => null)])
      patience.abort()
      // Also after the end of the child: its process group may have other processes.
      send('SIGKILL')
      await ended
    },
    kill: () => send('SIGKILL'),
  }
}

function keep(lines: string[], line: string): void {
  lines.push(line)
  if (lines.length > LAST_LINES) lines.shift()
}
