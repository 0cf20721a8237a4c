import { setTimeout as pause } from 'node:timers/promises'
import { type Environment, parseEnvironment, secretsOf } from '@zapfleet/core'

import { createLog } from './log.ts'
import { type RunningApi, startApi } from './start-api.ts'
import { startupProblem } from './startup-messages.ts'

/** A stop that takes longer, after SHUTDOWN_DELAY_MS, ends the process: orchestrators kill it after some 10 s. */
const STOP_WITHIN_MS = 5_000

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}

function readEnvironment(): Environment {
  try {
    return parseEnvironment(process.env)
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error))
  }
}

const environment = readEnvironment()
const log = createLog(environment.logLevel, undefined, secretsOf(environment))
let api: RunningApi | null = null
let stopping = false
/** Aborts the wait for load balancers. */
const hurry = new AbortController()

/** Serves for SHUTDOWN_DELAY_MS, in which load balancers read that it leaves, then finishes running calls. A second signal ends the wait. */
async function stop(why: string, delayMs: number): Promise<void> {
  if (stopping) return hurry.abort()
  stopping = true
  log.info({ why, delayMs }, 'the API stops')
  api?.depart()
  if (api && delayMs > 0) await pause(delayMs, undefined, { signal: hurry.signal }).catch(() => {})
  setTimeout(() => {
    log.warn({}, `the API did not stop within ${STOP_WITHIN_MS} ms and is cut`)
    process.exit(0)
  }, STOP_WITHIN_MS).unref()
  await api?.stop().catch((error) => log.error({ err: error }, 'the API did not close cleanly'))
  process.exit(0)
}

process.on('SIGTERM', () => stop('SIGTERM', environment.shutdownDelayMs))
// Ctrl-C: a person waits.
process.on('SIGINT', () => stop('SIGINT', 0))
// A parent process may die without a signal; its IPC channel then closes.
if (process.env.ZAPFLEET_PARENT && process.channel)
  process.on('disconnect', () => stop('the parent process is gone', 0))

try {
  api = await startApi(environment, log)
} catch (error) {
  log.debug({ err: error }, 'the API could not start')
  if (!stopping) fail(`zapfleet's API could not start. ${startupProblem(error, environment)}`)
}
