import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export type App = 'api' | 'scheduler'

/** A program of zapfleet in a process of its own. */
export type Program = { pid: number; stop(): Promise<void> }

/** The log entry that reports ready. */
const READY: Readonly<Record<App, string>> = {
  api: 'the API is ready',
  scheduler: 'this scheduler leads',
}
const STARTS_WITHIN_MS = 60_000

const fileOf = (app: App): string =>
  fileURLToPath(new URL(`../../../../apps/${app}/dist/main.js`, import.meta.url))

/** Whether the programs are compiled. */
export function arePrograms(apps: readonly App[]): boolean {
  return apps.every((app) => existsSync(fileOf(app)))
}

/**
 * Starts a compiled program as the image does, and waits until it works. It ends when this process does, in whatever way.
 *
 * @throws Error with what it wrote, when it does not start
 */
export async function startProgram(
  app: App,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Program> {
  const child = spawn(process.execPath, ['--enable-source-maps', fileOf(app)], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...environment, ZAPFLEET_PARENT: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A Ctrl-C is for this process, which stops the program.
    detached: true,
  })
  const ended = once(child, 'exit')
  const written: string[] = []
  const within = AbortSignal.any([signal, AbortSignal.timeout(STARTS_WITHIN_MS)])
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await ended
  }
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (): void => reject(new Error(`The ${app} did not start:\n${written.join('\n')}`))
      const read = (line: string): void => {
        written.push(line)
        if (line.includes(`"msg":"${READY[app]}"`)) resolve()
      }
      if (child.stdout) createInterface(child.stdout).on('line', read)
      if (child.stderr) createInterface(child.stderr).on('line', read)
      child.once('exit', fail)
      within.addEventListener('abort', fail, { once: true })
    })
  } catch (error) {
    await stop()
    throw error
  }
  return { pid: child.pid ?? 0, stop }
}
