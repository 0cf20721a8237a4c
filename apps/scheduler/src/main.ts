import { type Environment, parseEnvironment, secretsOf } from '@zapfleet/core'
import { createLog } from '@zapfleet/telemetry'
import { type RunningScheduler, startScheduler } from './start-scheduler.ts'

/** A stop that takes longer ends the process: orchestrators kill it after some 10 s. */
const STOP_WITHIN_MS = 4_500

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
const log = createLog({
  app: 'scheduler',
  level: environment.logLevel,
  secrets: secretsOf(environment),
})
const stopping = new AbortController()
let scheduler: RunningScheduler | null = null

async function stop(why: string): Promise<void> {
  if (stopping.signal.aborted) return
  stopping.abort()
  log.info({ why }, 'the scheduler stops')
  setTimeout(() => {
    log.warn({}, `the scheduler did not stop within ${STOP_WITHIN_MS} ms and is cut`)
    process.exit(0)
  }, STOP_WITHIN_MS).unref()
  await scheduler?.stop().catch((error) => log.error({ err: error }, 'the scheduler did not close cleanly'))
  log.info({}, 'the scheduler stopped')
  process.exit(0)
}

process.on('SIGTERM', () => stop('SIGTERM'))
process.on('SIGINT', () => stop('SIGINT'))
// A parent process may die without a signal; its IPC channel then closes.
if (process.env.ZAPFLEET_PARENT && process.channel)
  process.on('disconnect', () => stop('the parent process is gone'))

try {
  scheduler = await startScheduler(environment, log, stopping.signal)
} catch (error) {
  const words = error instanceof Error ? error.message : String(error)
  if (!stopping.signal.aborted) fail(`zapfleet's scheduler could not start. ${words}`)
}
