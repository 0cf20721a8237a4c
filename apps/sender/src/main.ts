import { type Environment, parseEnvironment, secretsOf } from '@zapfleet/core'
import { createLog } from '@zapfleet/telemetry'
import { type RunningSender, startSender } from './start-sender.ts'

/** A send takes 75 s at most. Give the sender this time before it is killed: what it was sending is `unknown` else. */
const STOP_WITHIN_MS = 90_000

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
  app: 'sender',
  level: environment.logLevel,
  secrets: secretsOf(environment),
})
const stopping = new AbortController()
let sender: RunningSender | null = null

async function stop(why: string): Promise<void> {
  if (stopping.signal.aborted) return
  stopping.abort()
  log.info({ why }, 'the sender stops')
  setTimeout(() => {
    log.warn({}, `the sender did not stop within ${STOP_WITHIN_MS} ms and is cut`)
    process.exit(0)
  }, STOP_WITHIN_MS).unref()
  await sender?.stop().catch((error) => log.error({ err: error }, 'the sender did not close cleanly'))
  log.info({}, 'the sender stopped')
  process.exit(0)
}

process.on('SIGTERM', () => stop('SIGTERM'))
process.on('SIGINT', () => stop('SIGINT'))
// A parent process may die without a signal; its IPC channel then closes.
if (process.env.ZAPFLEET_PARENT && process.channel)
  process.on('disconnect', () => stop('the parent process is gone'))

try {
  sender = await startSender(environment, log, stopping.signal)
} catch (error) {
  const words = error instanceof Error ? error.message : String(error)
  if (!stopping.signal.aborted) fail(`zapfleet's sender could not start. ${words}`)
}
