import { type Environment, parseEnvironment } from '@zapfleet/core'
import { createLog } from './log.ts'
import { type RunningApi, startApi } from './start-api.ts'
import { startupProblem } from './startup-problem.ts'

/** A stop that takes longer is ended by force: orchestrators kill after some 10 s anyway. */
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
const log = createLog(environment.logLevel)
let api: RunningApi | null = null
let stopping = false

async function stop(why: string): Promise<void> {
  if (stopping) return
  stopping = true
  log.info({ why }, 'the API stops')
  setTimeout(() => {
    log.warn({}, `the API did not stop within ${STOP_WITHIN_MS} ms and is cut`)
    process.exit(0)
  }, STOP_WITHIN_MS).unref()
  await api?.stop().catch((error) => log.error({ err: error }, 'the API did not close cleanly'))
  process.exit(0)
}

process.on('SIGTERM', () => stop('SIGTERM'))
process.on('SIGINT', () => stop('SIGINT'))
// Whoever started us over an IPC channel may die without a signal; the channel then closes.
if (process.env.ZAPFLEET_PARENT && process.channel)
  process.on('disconnect', () => stop('the parent process is gone'))

try {
  api = await startApi(environment, log)
} catch (error) {
  log.debug({ err: error }, 'the API could not start')
  if (!stopping) fail(`zapfleet's API could not start. ${startupProblem(error, environment)}`)
}
