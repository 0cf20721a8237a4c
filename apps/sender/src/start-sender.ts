import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import {
  callOf,
  closeFleet,
  type Environment,
  type Fleet,
  openFleetWhenReady,
  openSender,
  readiness,
  sealerOf,
} from '@zapfleet/core'
import {
  countMessages,
  countReserves,
  isLoopback,
  type Logger,
  listenForHealth,
  mayRead,
  openEvolutions,
  openMetrics,
  type Readiness,
  showFleet,
} from '@zapfleet/telemetry'

/** A running sender. `stop` takes no more messages, waits until those in flight are stored, and closes the HTTP server and the database. */
export type RunningSender = { stop(): Promise<void> }

/**
 * Starts the sender: serves its health, waits until the database answers and is migrated (by the API), then works on the queue of messages. Any number
 * of them may run. Throws at once where waiting cannot help (a port in use, another time zone than the fleet's), and when `signal` aborts.
 */
export async function startSender(
  environment: Environment,
  log: Logger,
  signal: AbortSignal,
): Promise<RunningSender> {
  const { timeZone, host, senderPort, senderConcurrency: concurrency } = environment
  let readNow = async (): Promise<Readiness> => ({ ready: false, reason: 'waiting for the database' })
  let opened: Fleet | null = null
  const metrics = openMetrics({ app: 'sender', version: readVersion() })
  showFleet(metrics.registry, () => opened)
  const served = {
    ...metrics,
    open: environment.metricsOpen || isLoopback(host),
    mayRead: (key: string | null) => mayRead(opened, key),
  }
  const server = await listenForHealth(
    { program: 'sender', host, port: senderPort, defaultPort: 3335, variable: 'SENDER_PORT' },
    () => readNow(),
    served,
    log,
  )
  const evolutions = openEvolutions(metrics.registry, log, environment, {
    // A send may take a minute, and none of them waits for a connection.
    connections: Math.max(32, concurrency),
  })
  try {
    const { databaseUrl, directUrl, poolSizes, defaultCountry } = environment
    const counted = { ...countReserves(metrics.registry), ...countMessages(metrics.registry) }
    const fleet = await openFleetWhenReady(
      {
        databaseUrl,
        directUrl,
        poolSizes,
        timeZone,
        defaultCountry,
        ...evolutions,
        sealer: sealerOf(environment),
        log,
        metrics: counted,
      },
      { log, signal, pause: (ms) => pause(ms, undefined, { signal }) },
    )
    opened = fleet
    const sender = openSender(callOf(fleet), { concurrency })
    readNow = async () => {
      const state = await readiness(fleet)
      return state.ready ? { ready: true, ...sender.figures() } : { ready: false, reason: state.reason }
    }
    log.info({ concurrency, timeZone, address: server.address }, 'the sender is ready')
    return {
      async stop() {
        readNow = async () => ({ ready: false, reason: 'the sender stops' })
        await sender.stop()
        opened = null
        await Promise.all([server.close(), evolutions.evolution.close({ graceMs: 0 }), closeFleet(fleet)])
      },
    }
  } catch (error) {
    await server.close()
    await evolutions.evolution.close()
    throw error
  }
}

function readVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  return version
}
