import { setTimeout as pause } from 'node:timers/promises'
import { closeFleet, type Environment, type Fleet, FleetError, openFleet, readiness } from '@zapfleet/core'
import { createEvolution, type Evolution } from '@zapfleet/evolution'
import type { Logger } from 'pino'
import { buildJobs, fleetJobs } from './jobs.ts'
import { waitUntilReady } from './wait-until-ready.ts'

/** How long a stop waits for a round that runs. */
const DRAIN_MS = 3_500

/** A running scheduler. `stop` starts no more jobs, lets running ones end (at most 3.5 s), and closes the database. */
export type RunningScheduler = { stop(): Promise<void> }

/**
 * Brings the scheduler up: waits until the database answers and is migrated (the API migrates it), then starts the jobs.
 * Throws at once where waiting cannot help (a fleet that lives in another time zone), and when `signal` aborts.
 */
export async function startScheduler(
  environment: Environment,
  log: Logger,
  signal: AbortSignal,
): Promise<RunningScheduler> {
  const evolution = createEvolution({
    url: environment.evolutionApiUrl,
    apiKey: environment.evolutionApiKey,
    log: (call) => log.debug(call, 'Evolution was called'),
  })
  try {
    const attempt = () => openWhenMigrated(environment, evolution, log)
    const fleet = await waitUntilReady(attempt, {
      log,
      signal,
      pause: (ms) => pause(ms, undefined, { signal }),
    })
    const { timeZone, healthPollCron } = environment
    const jobs = buildJobs(fleetJobs(fleet, healthPollCron), { timeZone, log })
    jobs.start()
    log.info({ healthPollCron, timeZone }, 'the scheduler is ready')
    return {
      async stop() {
        await jobs.stop(DRAIN_MS)
        await closeFleet(fleet)
        await evolution.close()
      },
    }
  } catch (error) {
    await evolution.close()
    throw error
  }
}

async function openWhenMigrated(
  environment: Environment,
  evolution: Evolution,
  log: Logger,
): Promise<{ ready: true; result: Fleet } | { ready: false; reason: string }> {
  const { databaseUrl, timeZone } = environment
  try {
    const fleet = await openFleet({ databaseUrl, timeZone, evolution, log })
    const state = await readiness(fleet)
    if (state.ready) return { ready: true, result: fleet }
    await closeFleet(fleet)
    return state
  } catch (error) {
    if (error instanceof FleetError && mayPass(error)) return { ready: false, reason: error.message }
    throw error
  }
}

/** A database that is away or not migrated yet (it could not be read: there is a cause) may come; one that was read and says no will not. */
function mayPass(error: FleetError): boolean {
  return (
    error.code === 'DATABASE_UNAVAILABLE' || (error.code === 'INVALID_STATE' && error.cause !== undefined)
  )
}
