import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as rest } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

/** A time in which a program was down for its callers, because it was ended; `toMs` is infinite while it lasts. */
export type Absence = { fromMs: number; toMs: number }

/** Bytes, after a garbage collection. */
export type Weight = { heapUsed: number; external: number; rss: number }

/** A program of the fleet as a process, which restarts on the same port. */
export type Program = {
  readonly name: string
  /** Its address. */
  address(): string
  readonly absences: readonly Absence[]
  /** Starts it; resolves when it reports ready. */
  start(): Promise<void>
  /** Starts it as an orchestrator does: again and again until it is ready. Its output before a failed start is no violation. */
  startUntilReady(): Promise<void>
  /** kill -9, or SIGTERM; waits for the end, and returns how it ended. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null>
  /** Sets its wall clock off by this much; 0: right again. */
  setClockBy(ms: number): Promise<void>
  weigh(): Promise<Weight>
  /** Its violations: ended unexpectedly, wrote to stderr, or logged an entry that must not occur. */
  readonly violations: string[]
}

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const INSIDE = new URL('./inside.mjs', import.meta.url).href
const READY_WITHIN_MS = 180_000
/** As orchestrators do it. */
const AGAIN_AFTER_MS = 500

/** The log entry that reports ready, by program; its details hold `address`. */
const READY = { api: 'the API is ready', scheduler: 'the scheduler is ready' } as const
const PORT = { api: 'PORT', scheduler: 'SCHEDULER_PORT' } as const

/** Compiled programs of the apps, to start in place of their sources. */
export type CompiledPrograms = Readonly<Record<keyof typeof READY, string>>

/** Runs the program of an app from `compiled`, or from its sources; `environment` is its whole environment beside PATH and its port. */
export function runProgram(
  name: string,
  app: keyof typeof READY,
  environment: Readonly<Record<string, string>>,
  compiled?: CompiledPrograms,
): Program {
  const violations: string[] = []
  const absences: Absence[] = []
  let child: ChildProcess | null = null
  let port = '0'
  let expected = false
  let calls = 0

  const readLog = (line: string, ready: (address: string) => void): void => {
    if (!line.startsWith('{')) return void violations.push(`${name} printed: ${line.slice(0, 300)}`)
    const entry = JSON.parse(line) as { msg: string; address?: string; err?: { message?: string } }
    if (entry.msg === READY[app] && entry.address) ready(entry.address)
    if (entry.msg === 'a call failed unexpectedly') violations.push(`${name}: ${line.slice(0, 600)}`)
  }
  const order = async (what: object): Promise<Weight> => {
    const running = child
    if (!running?.connected) throw new Error(`${name} does not run`)
    const call = ++calls
    const over = new AbortController()
    const ended = once(running, 'exit', { signal: over.signal }).then(() => {
      throw new Error(`${name} ended while it was calls something`)
    })
    ended.catch(() => {})
    running.send({ ...what, call })
    try {
      for (;;) {
        const [answer] = (await Promise.race([once(running, 'message', { signal: over.signal }), ended])) as [
          Weight & { call: number },
        ]
        if (answer.call === call) return answer
      }
    } finally {
      over.abort()
    }
  }
  const start = async (): Promise<void> => {
    const source = fileURLToPath(new URL(`../../../../apps/${app}/src/main.ts`, import.meta.url))
    const program = compiled
      ? ['--import', INSIDE, compiled[app]]
      : ['--import', 'tsx', '--import', INSIDE, '-C', '@zapfleet/source', source]
    const started = spawn(process.execPath, ['--expose-gc', ...program], {
      cwd: ROOT,
      // It ends when chaos ends, in whatever way.
      env: { PATH: process.env.PATH, ...environment, [PORT[app]]: port, ZAPFLEET_PARENT: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    child = started
    expected = false
    const { stdout, stderr } = started
    if (!stdout || !stderr) throw new Error(`${name} was started without pipes`)
    const complaints: string[] = []
    createInterface(stderr).on('line', (line) => {
      complaints.push(line)
      violations.push(`${name} complained: ${line.slice(0, 300)}`)
    })
    started.once('exit', (code, signal) => {
      if (!expected) violations.push(`${name} ended unexpectedly: ${code ?? signal}`)
      if (absences.at(-1)?.toMs !== Number.POSITIVE_INFINITY)
        absences.push({ fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY })
    })
    let limit: NodeJS.Timeout | undefined
    const address = await new Promise<string>((resolve, reject) => {
      limit = setTimeout(
        () => reject(new Error(`${name} was not ready within ${READY_WITHIN_MS} ms`)),
        READY_WITHIN_MS,
      )
      // Not `exit`: its last output may come after that.
      started.once('close', (code) =>
        reject(new Error(`${name} ended with ${code} before it was ready: ${complaints.join(' ')}`)),
      )
      createInterface(stdout).on('line', (line) => readLog(line, resolve))
    }).finally(() => clearTimeout(limit))
    port = new URL(address).port
    const absence = absences.at(-1)
    if (absence) absence.toMs = Date.now()
  }

  return {
    name,
    absences,
    violations,
    address: () => `http://127.0.0.1:${port}`,
    start,
    async startUntilReady() {
      const untilMs = Date.now() + READY_WITHIN_MS
      for (;;) {
        const before = violations.length
        try {
          return await start()
        } catch (error) {
          if (Date.now() > untilMs) throw error
          violations.length = before
          await rest(AGAIN_AFTER_MS)
        }
      }
    },
    async end(signal) {
      const running = child
      if (!running || running.exitCode !== null || running.signalCode !== null)
        return running?.exitCode ?? null
      expected = true
      absences.push({ fromMs: Date.now(), toMs: Number.POSITIVE_INFINITY })
      const ended = once(running, 'exit')
      running.kill(signal)
      await ended
      return running.exitCode
    },
    setClockBy: async (ms) => void (await order({ setClockBy: ms })),
    weigh: () => order({ weigh: true }),
  }
}
