import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import {
  beginRun,
  callOf,
  closeFleet,
  type Environment,
  endRun,
  type Fleet,
  holdLease,
  openAlertSender,
  openFleetWhenReady,
  pageAddress,
  releaseLease,
  resealServerKeys,
  sealerOf,
  watchAlerts,
  watchContactForms,
  watchDeliveries,
  watchEndpoints,
  watchMessages,
  watchOutcomes,
  watchRoutes,
  watchUnfinished,
  within,
} from '@zapfleet/core'
import {
  countDeliveries,
  countJobRuns,
  countNotices,
  countOutcomes,
  isLoopback,
  type Logger,
  listenForHealth,
  mayRead,
  openEvolutions,
  openMetrics,
  type Readiness,
  showFleet,
} from '@zapfleet/telemetry'
import { fleetJobs } from './fleet-jobs.ts'
import { followServers } from './follow-servers.ts'
import { buildJobs } from './jobs.ts'
import { LEASE_MS, seekLeadership } from './leadership.ts'
import { readReadiness } from './read-readiness.ts'
import { byCron } from './timetable.ts'
import { type LeadersWork, whileLeading } from './while-leading.ts'

/** How long a stop waits for running jobs. */
const DRAIN_MS = 3_500
/** The lease whose holder runs the jobs. */
const LEASE = 'scheduler'

/**
 * A running scheduler. `stop` starts no more jobs, waits for running ones (at most 3.5 s), releases the lease, and closes the
 * HTTP server and the database.
 */
export type RunningScheduler = { stop(): Promise<void> }

/**
 * Starts the scheduler: serves its health, waits until the database answers and is migrated (by the API), then leads
 * or waits for the lease. Throws at once where waiting cannot help (an invalid cron pattern, a port in use, another
 * time zone than the fleet's), and when `signal` aborts.
 */
export async function startScheduler(
  environment: Environment,
  log: Logger,
  signal: AbortSignal,
): Promise<RunningScheduler> {
  const { timeZone, healthPollCron, host, schedulerPort } = environment
  const polling = byCron(healthPollCron, timeZone)
  let readNow = async (): Promise<Readiness> => ({
    ready: false,
    leader: false,
    reason: 'waiting for the database',
  })
  let opened: Fleet | null = null
  let leading = (): boolean => false
  const metrics = openMetrics({ app: 'scheduler', version: readVersion() })
  showFleet(metrics.registry, () => opened)
  const countRun = countJobRuns(metrics.registry, () => leading())
  const served = {
    ...metrics,
    open: environment.metricsOpen || isLoopback(host),
    mayRead: (key: string | null) => mayRead(opened, key),
  }
  const server = await listenForHealth(
    { program: 'scheduler', host, port: schedulerPort, defaultPort: 3334, variable: 'SCHEDULER_PORT' },
    () => readNow(),
    served,
    log,
  )
  const evolutions = openEvolutions(metrics.registry, log, environment)
  try {
    const counted = {
      ...countOutcomes(metrics.registry),
      ...countDeliveries(metrics.registry),
      ...countNotices(metrics.registry),
    }
    const rest = (ms: number) => pause(ms, undefined, { signal })
    const { databaseUrl, directUrl, poolSizes, defaultCountry } = environment
    const sealer = sealerOf(environment)
    const config = {
      databaseUrl,
      directUrl,
      poolSizes,
      timeZone,
      defaultCountry,
      ...evolutions,
      log,
      sealer,
      alertSender: openAlertSender(environment),
      pageUrl: pageAddress(environment),
      metrics: counted,
    }
    const fleet = await openFleetWhenReady(config, { log, signal, pause: rest })
    opened = fleet
    const running = lead(fleet)
    leading = running.leading
    readNow = () => readReadiness(fleet, { leader: running.leading(), healthPollCron })
    log.info({ healthPollCron, timeZone, address: server.address }, 'the scheduler is ready')
    return {
      async stop() {
        readNow = async () => ({ ready: false, leader: running.leading(), reason: 'the scheduler stops' })
        await running.stop()
        opened = null
        // Ends the calls of a cut round, which returns its database connections. The drain is over.
        await Promise.all([server.close(), evolutions.evolution.close({ graceMs: 0 }), closeFleet(fleet)])
      },
    }
  } catch (error) {
    await server.close()
    await evolutions.evolution.close()
    throw error
  }

  /** Leads or waits for the lease until it is stopped. */
  function lead(fleet: Fleet): { leading(): boolean; stop(): Promise<void> } {
    // Unique for this start: a container that starts again may have the same host name and process id.
    const holder = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`
    const rest = (ms: number, until: AbortSignal) => pause(ms, undefined, { signal: until })
    const jobs = buildJobs(fleetJobs(fleet, { polling, log, pause: rest }), {
      log,
      onRun: countRun,
      book: {
        begin: (job) => beginRun(fleet, { job, holder, lease: LEASE }),
        end: (id, end) => endRun(fleet, id, end),
      },
    })
    const call = callOf(fleet)
    const work: LeadersWork[] = [
      (ending) => watchDeliveries(call, ending),
      (ending) => watchOutcomes(call, ending),
      (ending) => watchMessages(call, ending),
      (ending) => watchUnfinished(call, ending),
      () => resealKeys(fleet, log),
      (ending) => watchEndpoints(call, ending),
      (ending) => watchRoutes(call, ending),
      (ending) => watchContactForms(call, ending),
      (ending) => watchAlerts(call, ending),
    ]
    if (environment.evolutionWebsocket) work.push((ending) => followServers(fleet, ending, { log }))
    const leadersWork = whileLeading(work)
    const leadership = seekLeadership({
      hold: () => holdLease(fleet, { name: LEASE, holder, forMs: LEASE_MS }),
      release: () => releaseLease(fleet, { name: LEASE, holder }),
      onGained() {
        jobs.start()
        leadersWork.start()
      },
      onLost() {
        jobs.pause()
        void leadersWork.stop()
      },
      log,
    })
    return {
      leading: () => leadership.leading(),
      async stop() {
        // Released after the runs: those of another leader would overlap them.
        await Promise.all([jobs.stop(DRAIN_MS), within(DRAIN_MS, leadersWork.stop(), () => {})])
        await leadership.stop()
      },
    }
  }
}

/** After a change of ZAPFLEET_SECRET. Never rejects. */
async function resealKeys(fleet: Fleet, log: Logger): Promise<void> {
  await resealServerKeys(fleet).then(
    (keys) => {
      if (keys > 0) log.info({ keys }, 'keys of servers are encrypted by the present ZAPFLEET_SECRET')
    },
    (error) =>
      log.warn({ err: error }, 'keys of servers could not be encrypted by the present ZAPFLEET_SECRET'),
  )
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return version
}
