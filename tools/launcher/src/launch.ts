import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres } from '@zapfleet/embedded'
import { FolderInUseError, type Hold, holdFolder, readProcess } from '@zapfleet/holder'
import { readEvolutionProblem } from './call-api.ts'
import { checkPort } from './check-port.ts'
import { type Demo, startDemo, waitingNumbers } from './demo.ts'
import { type DemoSize, readMarker } from './demo-marker.ts'
import { endLeftoverChildren, type StartNote } from './end-leftover-children.ts'
import { type Key, keepKey, writeSecret } from './keep-keys.ts'
import type { LogLine } from './log-line.ts'
import { addressOf, type Plan, type Programs, StartError, startCommand } from './plan.ts'
import { type Child, runChild } from './run-child.ts'
import { runSimulator, type SimulatorAt } from './run-simulator.ts'
import { waitUntilReady } from './wait-until-ready.ts'

/**
 * The input of a start: its plan, the environment (without empty variables), the folder of the clone, the programs, and a
 * function that prints lines.
 */
export type LaunchOptions = {
  plan: Plan
  env: Readonly<Record<string, string>>
  root: string
  programs: Programs
  show: (line: string) => void
  readyWithinMs?: number
}

/**
 * A fleet during its start. `ready` resolves when the API answers, or rejects with a StartError. `failed` resolves with the
 * text to show when PostgreSQL or a child ends unexpectedly, at any time. `stop` ends everything within 5 s, PostgreSQL last,
 * in every phase; `kill` at once.
 */
export type Launch = {
  ready: Promise<Ready>
  failed: Promise<string>
  stop(): Promise<void>
  kill(): void
}

/**
 * The started fleet: addresses and keys. `simulatorUrl` is null when Evolution is yours; `evolutionProblem` is the reason why
 * it cannot be used, a code of `fleet.conditions`.
 */
export type Ready = {
  url: string
  simulatorUrl: string | null
  evolutionProblem: string | null
  /** Which example numbers there are: a data folder that has the large demo keeps it. */
  demo: DemoSize | null
  admin: Key | null
  bot: Key | null
}

/** The longest wait of a start for its example numbers. */
const DEMO_WITHIN_MS = 15_000
/** The time that children have to end before they are killed: together well below the 5 s of a stop. */
export const STOP_GRACE_MS = { apps: 3_000, simulator: 500 }

/** Starts PostgreSQL, simulator, API, scheduler and sender in this order, as far as the plan has them. */
export function launch({ plan, env, root, programs, show, readyWithinMs = 60_000 }: LaunchOptions): Launch {
  const addressFile = join(plan.dataDir, 'api-url')
  const stopping = new AbortController()
  const children: Child[] = []
  const releases: (() => Promise<void>)[] = []
  let postgresPid: number | null = null
  let hold: Hold | null = null
  let url: string | null = null
  let demo: Demo | null = null
  let fail: (message: string) => void = () => undefined
  const failed = new Promise<string>((resolve) => {
    fail = resolve
  })

  const ready = start()
  let stopped: Promise<void> | null = null
  return {
    ready,
    failed,
    stop: () => (stopped ??= stop()),
    kill() {
      stopping.abort(new StartError('stopped'))
      if (hold) forgetAddress()
      for (const child of children) child.kill()
      // PostgreSQL's immediate shutdown: it recovers at the next start.
      if (postgresPid !== null) process.kill(postgresPid, 'SIGQUIT')
      hold?.release()
    },
  }

  async function start(): Promise<Ready> {
    mkdirSync(join(plan.dataDir, 'logs'), { recursive: true })
    const held = takeFolder()
    // A killed start leaves its address, where another program may listen now.
    forgetAddress()
    // Otherwise the doctor reads the database and the simulator of an earlier start.
    if (plan.database === 'yours') rmSync(join(plan.dataDir, 'database-url'), { force: true })
    if (plan.evolution === 'yours') rmSync(join(plan.dataDir, 'simulator-url'), { force: true })
    await endLeftoverChildren(held.left)
    if (plan.port !== null) {
      await checkPort(plan.host, plan.port, env)
      url = addressOf(plan.host, plan.port)
    }
    const filled: Record<string, string> = { ...env }
    let admin: Key | null = null
    let bot: Key | null = null
    if (plan.database === 'embedded') {
      admin = keepKey(plan.dataDir, 'admin-key', 'zf_admin_', env.ADMIN_API_KEY)
      bot = keepKey(plan.dataDir, 'bot-key', 'zf_bot_', env.BOT_API_KEY)
      Object.assign(filled, {
        ADMIN_API_KEY: admin.value,
        BOT_API_KEY: bot.value,
        ZAPFLEET_SECRET: keepKey(plan.dataDir, 'secret', '', env.ZAPFLEET_SECRET).value,
        DATABASE_URL: await database(),
      })
      delete filled.DIRECT_URL
    }
    // A data folder keeps its demo: the numbers on the second server need it.
    const demoSize = plan.demo && (readMarker(plan.dataDir).size === 'large' ? 'large' : plan.demo)
    const first =
      plan.evolution === 'simulated' ? await simulator('simulator', env.EVOLUTION_API_KEY, demoSize) : null
    if (first !== null)
      Object.assign(filled, { EVOLUTION_API_URL: first.url, EVOLUTION_API_KEY: first.apiKey })
    const second = demoSize === 'large' ? await simulator('simulator-2', undefined, demoSize) : null
    const api = run('api', programs.api, filled)
    if (url === null) {
      // The API reads the same PORT and reports the error.
      await Promise.race([api.ended, aborted()])
      throw new StartError(`PORT must be a number from 1 to 65535, and is "${env.PORT}".`)
    }
    await untilReady(api, `${url}/health/ready`)
    // The command line finds the API by this file.
    writeSecret(addressFile, url)
    // A stop during the wait has removed the file.
    if (stopping.signal.aborted) forgetAddress()
    run('scheduler', programs.scheduler, filled)
    run('sender', programs.sender, filled)
    if (demoSize !== null && first !== null && admin) {
      demo = startDemo({ url, adminKey: admin.value, first, second, dataDir: plan.dataDir })
      // Wait for the demo numbers, so that the printed commands work at once.
      await Promise.race([demo.made, sleep(DEMO_WITHIN_MS, null, { ref: false }), aborted()])
    }
    const adminKey = filled.ADMIN_API_KEY ?? ''
    const evolutionProblem = first
      ? null
      : await Promise.race([readEvolutionProblem(url, adminKey, stopping.signal), aborted()])
    return { url, simulatorUrl: first?.url ?? null, evolutionProblem, demo: demoSize, admin, bot }
  }

  function takeFolder(): Hold {
    try {
      hold = holdFolder(plan.dataDir)
      return hold
    } catch (error) {
      if (!(error instanceof FolderInUseError)) throw error
      const where = (error.note as StartNote | null)?.url
      throw new StartError(
        `zapfleet is already running with the data folder ${plan.dataDir}: process ${error.pid}${where ? `, ${where}` : ''}.\n` +
          `Stop that one first, or run a second fleet beside it:\n\n    ${startCommand({ ...env, PORT: String((plan.port ?? 3333) + 1), ZAPFLEET_DATA_DIR: '.zapfleet-2' })}`,
      )
    }
  }

  async function database(): Promise<string> {
    const log = { info: () => undefined, warn: show }
    const postgres = await startPostgres({ dataDir: join(plan.dataDir, 'postgres'), log })
    postgresPid = postgres.pid
    releases.push(() => postgres.stop())
    postgres.exited.then(() => fail(`PostgreSQL ended unexpectedly. Its log: ${postgres.logFile}`))
    // The embedded server has no TLS, whatever PGSSLMODE is in the shell.
    const url = `${postgres.url}?sslmode=disable`
    writeSecret(join(plan.dataDir, 'database-url'), url)
    stopping.signal.throwIfAborted()
    return url
  }

  async function simulator(
    name: 'simulator' | 'simulator-2',
    apiKey: string | undefined,
    demoSize: DemoSize | null,
  ): Promise<SimulatorAt> {
    const { dataDir } = plan
    const unscanned = demoSize === null ? [] : waitingNumbers(demoSize)
    const options = { dataDir, env, apiKey, args: programs.simulator, unscanned, run }
    const { child, at } = await Promise.race([runSimulator(name, options), aborted()])
    if (at === null) throw new StartError(lastOutput(child))
    return at
  }

  function run(
    name: string,
    args: readonly string[],
    childEnv: Readonly<Record<string, string>>,
    onRaw: (raw: string) => void = () => undefined,
  ): Child {
    stopping.signal.throwIfAborted()
    const onLine = (raw: string, line: LogLine) => {
      onRaw(raw)
      if (plan.showAllLogs || (line.urgent && line.text !== raw && !stopping.signal.aborted))
        show(`${name}  ${line.text}`)
    }
    const logFile = join(plan.dataDir, 'logs', `${name}.log`)
    const child = runChild({
      name,
      args,
      env: childEnv,
      cwd: root,
      logFile,
      onLine,
    })
    children.push(child)
    child.ended.then((how) => fail(describeEnd(child, how, logFile)))
    const started = children.flatMap(({ pid }) => readProcess(pid) ?? [])
    hold?.write({
      url,
      evolutionUrl: plan.evolution === 'yours' ? (env.EVOLUTION_API_URL ?? null) : null,
      database: plan.database,
      children: started.map(({ pid, startedAt }) => ({ pid, startedAt })),
    } satisfies StartNote)
    return child
  }

  async function untilReady(api: Child, address: string): Promise<void> {
    let reason: string | null = null
    const outcome = await Promise.race([
      waitUntilReady(address, readyWithinMs, stopping.signal, (words) => {
        reason = words
      }),
      api.ended.then(() => 'ended' as const),
      // For example PostgreSQL or the simulator.
      failed.then((message) => {
        throw new StartError(message)
      }),
    ])
    if (outcome === 'ended') throw new StartError(lastOutput(api))
    if (!outcome) {
      const why = reason === null ? lastOutput(api) : `It answers: ${reason}.`
      throw new StartError(`The API was not ready within ${readyWithinMs / 1000} s (${address}).\n${why}`)
    }
  }

  function aborted(): Promise<never> {
    return new Promise((_, reject) => {
      stopping.signal.addEventListener('abort', () => reject(stopping.signal.reason), { once: true })
    })
  }

  function forgetAddress(): void {
    rmSync(addressFile, { force: true })
  }

  async function stop(): Promise<void> {
    stopping.abort(new StartError('stopped'))
    // Only the holder removes the files: a refused start leaves those of the running fleet.
    if (hold) forgetAddress()
    demo?.stop()
    await ready.catch(() => undefined)
    const ofName = (names: string[]) => children.filter((child) => names.includes(child.name))
    await Promise.all(ofName(['api', 'scheduler', 'sender']).map((child) => child.stop(STOP_GRACE_MS.apps)))
    await Promise.all(
      ofName(['simulator', 'simulator-2']).map((child) => child.stop(STOP_GRACE_MS.simulator)),
    )
    for (const release of releases) await release()
    hold?.release()
  }
}

/** The text about a child that ended unexpectedly. Its usual log lines, such as that it is ready, would read as if it were back. */
function describeEnd(child: Child, how: string, logFile: string): string {
  const { plain, urgent } = child.output()
  const last = plain.length > 0 ? plain : urgent.slice(-12)
  return [
    `The ${child.name} ended unexpectedly (${how}).`,
    ...last,
    `All programs stop. Its log: ${logFile}`,
  ].join('\n')
}

/**
 * The last output of a child before it ended: its plain lines if there are any (they are written for people), else its last log
 * entries.
 */
function lastOutput(child: Child): string {
  const { plain, all } = child.output()
  return (plain.length > 0 ? plain : all.slice(-12)).join('\n')
}
