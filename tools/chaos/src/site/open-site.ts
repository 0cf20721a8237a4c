import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { callApi } from '../load/call-api.ts'
import { type Balancer, openBalancer } from './balancer.ts'
import { type Database, startDatabase } from './database.ts'
import { NUMBERS, numberNames } from './numbers.ts'
import { openWire, type Wire } from './open-wire.ts'
import { type CompiledPrograms, type Program, runProgram } from './run-program.ts'

export const ADMIN_KEY = 'chaos-admin-key-0123456789abcdef'
export const BOT_KEY = 'chaos-bot-key-0123456789abcdefgh'

/** The needs of a fault beyond the usual site. */
export type SitePlan = {
  /** API processes; with two, callers use a load balancer. */
  apis: 1 | 2
  schedulers: 1 | 2
  /** The folder of the database; default: a temporary one. */
  databaseFolder?: string
  /** Default: the sources. */
  compiled?: CompiledPrograms | undefined
}

/** The whole of zapfleet as in production, each part a process, with a wire between any two. */
export type Site = {
  database: Database
  simulator: Simulator
  apis: readonly Program[]
  schedulers: readonly Program[]
  /** The address for callers. */
  address(): string
  balancer: Balancer | null
  /** Shared by the API processes, and by the schedulers. */
  wires: { apiDatabase: Wire; schedulerDatabase: Wire; apiEvolution: Wire; schedulerEvolution: Wire }
  programs(): readonly Program[]
  close(): Promise<void>
}

/**
 * Starts everything, registers the numbers, and waits until they are connected. On failure, everything that was started is
 * stopped.
 */
export async function openSite(plan: SitePlan): Promise<Site> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (let next = closers.pop(); next; next = closers.pop()) await next().catch(() => {})
  }
  try {
    const database = await startDatabase(plan.databaseFolder)
    closers.push(() => database.remove())
    const simulator = await startSimulator({ timeScale: 0.01 })
    closers.push(() => simulator.close())
    for (const name of numberNames) simulator.control.addInstance({ name })
    const lay = async (port: () => number): Promise<Wire> => {
      const wire = await openWire(port)
      closers.push(() => wire.close())
      return wire
    }
    const evolutionPort = (): number => Number(new URL(simulator.url).port)
    const wires = {
      apiDatabase: await lay(() => database.port),
      schedulerDatabase: await lay(() => database.port),
      apiEvolution: await lay(evolutionPort),
      schedulerEvolution: await lay(evolutionPort),
    }
    const timeZone = zoneWhereItIsNoon(new Date())
    const environment = (toDatabase: Wire, toEvolution: Wire): Record<string, string> => ({
      DATABASE_URL: Object.assign(new URL(database.url), { port: String(toDatabase.port) }).href,
      EVOLUTION_API_URL: `http://127.0.0.1:${toEvolution.port}`,
      EVOLUTION_API_KEY: simulator.apiKey,
      ADMIN_API_KEY: ADMIN_KEY,
      BOT_API_KEY: BOT_KEY,
      FLEET_TIMEZONE: timeZone,
      HEALTH_POLL_CRON: '* * * * * *',
      // Longer than the balancer needs to notice, and than callers keep idle connections.
      SHUTDOWN_DELAY_MS: '5000',
      // The callers of chaos share one key and send more than one key may.
      KEY_CALLS_PER_SECOND: '0',
      KEY_STREAMS: '0',
    })
    const apis = Array.from({ length: plan.apis }, (_, at) =>
      runProgram(`API ${at + 1}`, 'api', environment(wires.apiDatabase, wires.apiEvolution), plan.compiled),
    )
    const schedulers = Array.from({ length: plan.schedulers }, (_, at) =>
      runProgram(
        `scheduler ${at + 1}`,
        'scheduler',
        environment(wires.schedulerDatabase, wires.schedulerEvolution),
        plan.compiled,
      ),
    )
    const programs = [...apis, ...schedulers]
    for (const program of programs) closers.push(() => program.end('SIGKILL'))
    await Promise.all(programs.map((program) => program.start()))
    const balancer = plan.apis > 1 ? await openBalancer(apis) : null
    if (balancer) closers.push(() => balancer.close())
    const first = apis[0] as Program
    const site: Site = {
      database,
      simulator,
      apis,
      schedulers,
      balancer,
      wires,
      address: () => balancer?.address ?? first.address(),
      programs: () => programs,
      close,
    }
    await registerNumbers(site)
    return site
  } catch (error) {
    await close()
    throw error
  }
}

async function registerNumbers(site: Site): Promise<void> {
  const act = async (procedure: string, input: object): Promise<void> => {
    const reply = await callApi(site.address(), ADMIN_KEY, procedure, input)
    if (reply.kind !== 'answer') throw new Error(`${procedure} failed: ${JSON.stringify(reply)}`)
  }
  await act('instance.import', {})
  for (const { name, hourly, daily, newContacts = null, minGapMs = 0 } of NUMBERS)
    await act('instance.update', {
      name,
      hourlyCapacity: hourly,
      dailyCapacity: daily,
      newContactsPerDay: newContacts,
      minGapMs,
    })
  await act('health.checkAll', {})
}

/** A time zone without a midnight during the run, so that the counters of a day hold the whole of it. */
function zoneWhereItIsNoon(now: Date): string {
  const ahead = 12 - now.getUTCHours()
  // POSIX signs: Etc/GMT-3 is three hours ahead of UTC.
  return ahead === 0 ? 'Etc/GMT' : `Etc/GMT${ahead > 0 ? '-' : '+'}${Math.abs(ahead)}`
}
