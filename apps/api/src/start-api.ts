import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  callOf,
  closeFleet,
  type Environment,
  migrate,
  openAlertSender,
  openFleet,
  pageAddress,
  readConditions,
  sealerOf,
  seedInstances,
  waitForHints,
} from '@zapfleet/core'
import {
  countMessages,
  countOutcomes,
  countReserves,
  type Logger,
  openEvolutions,
  openMetrics,
  showFleet,
} from '@zapfleet/telemetry'
import { makeHolderOf, makeKeyRing, makeSessionRing } from './key-ring.ts'
import type { NetworkOptions } from './network/network.ts'
import { buildServer } from './server.ts'
import { evolutionWarning, exposureWarnings } from './startup-messages.ts'

/** The build of the dashboard, found by its path: the API must not import a package that imports the API. */
const PAGE_FOLDER = fileURLToPath(new URL('../../dashboard/dist', import.meta.url))

/**
 * A running API. `depart` keeps serving and answers 503 at `/health/ready`, so that load balancers choose another process;
 * `stop` accepts no more calls, finishes running ones (at most `drainMs`), and closes the database.
 */
export type RunningApi = { address: string; depart(): void; stop(): Promise<void> }

/**
 * Starts the API: migrates the database, opens the fleet, creates the seed's instances, listens. On an error it closes what is
 * open and rethrows.
 */
export async function startApi(environment: Environment, log: Logger): Promise<RunningApi> {
  const { databaseUrl, directUrl, publicUrl, timeZone, defaultCountry } = environment
  const { applied } = await migrate({
    url: directUrl,
    timeZone,
    log: (line) => log.info({}, line),
    // For databaseUrl, openFleet warns.
    warn: directUrl === databaseUrl ? undefined : (line) => log.warn({}, line),
  })
  if (applied.length > 0) log.info({ applied }, 'the database is migrated')

  const version = readVersion()
  const metrics = openMetrics({ app: 'api', version })
  const evolutions = openEvolutions(metrics.registry, log, environment)
  const fleet = await openFleet({
    databaseUrl,
    directUrl,
    poolSizes: environment.poolSizes,
    publicUrl,
    timeZone,
    defaultCountry,
    ...evolutions,
    log,
    sealer: sealerOf(environment),
    alertSender: openAlertSender(environment),
    pageUrl: pageAddress(environment),
    queueLimits: { messages: environment.messageQueueLimit },
    metrics: {
      ...countReserves(metrics.registry),
      ...countOutcomes(metrics.registry),
      ...countMessages(metrics.registry),
    },
  }).catch(async (error) => {
    await evolutions.evolution.close()
    throw error
  })
  showFleet(metrics.registry, () => fleet)
  const departure = { announced: false }
  const server = buildServer({
    fleet,
    departure,
    keyRing: makeKeyRing(environment, fleet.keys),
    addresses: [publicUrl, environment.pageUrl].filter((url) => url !== null),
    sessionRing: makeSessionRing(fleet.sessions, makeHolderOf(environment, fleet.keys)),
    log,
    version,
    network: networkOptions(environment),
    metrics: { ...metrics, open: environment.metricsOpen },
    pageFolder: PAGE_FOLDER,
    healthOpen: environment.healthOpen,
  })
  const stop = async (): Promise<void> => {
    await server.close()
    await waitForHints(fleet)
    await closeFleet(fleet)
    await evolutions.evolution.close()
  }

  try {
    const made = await seedInstances(fleet, environment.seedInstances)
    if (made.length > 0) log.info({ instances: made }, 'initial instances are made')
    const address = await server.listen({ host: environment.host, port: environment.port })
    for (const warning of exposureWarnings(environment, process.getuid?.())) log.warn({}, warning)
    log.info({ address, trpc: `${address}/trpc` }, 'the API is ready')
    const { origin } = new URL(environment.evolutionApiUrl)
    // Not awaited: it may take seconds, and reserves need no Evolution.
    readConditions(callOf(fleet)).then(
      ({ evolution: { problem } }) => problem && log.warn({ problem }, evolutionWarning(problem, origin)),
      () => {},
    )
    const depart = (): void => {
      departure.announced = true
    }
    return { address, depart, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

function networkOptions(environment: Environment): NetworkOptions {
  return {
    trustProxy: environment.trustProxy ?? undefined,
    corsOrigins: environment.corsOrigins,
    limits: {
      callsPerSecond: environment.keyCallsPerSecond,
      wrongKeysPerMinute: environment.wrongKeysPerMinute,
      streamsPerKey: environment.keyStreams,
    },
  }
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return version
}
