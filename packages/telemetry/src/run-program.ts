import { type Environment, parseEnvironment, secretsOf } from '@zapfleet/core'
import { createLog, type Logger } from './create-log.ts'

/** A program that runs until a signal ends it. */
export type Program = {
  /** In texts and on every line of the log, such as `sender`. */
  name: string
  /** A stop that takes longer ends the process. */
  stopWithinMs: number
  /** Throws where the program cannot start, and when `signal` aborts, which happens when it is to stop. */
  start(environment: Environment, log: Logger, signal: AbortSignal): Promise<{ stop(): Promise<void> }>
}

/**
 * Starts a program with the environment of its process, and stops it at SIGTERM, SIGINT, or the end of the process that started it. Ends the
 * process: with 1 where the program cannot start, else with 0 after the stop.
 *
 * @param node the `process` of main.ts
 */
export async function runProgram(
  node: NodeJS.Process,
  { name, stopWithinMs, start }: Program,
): Promise<void> {
  const fail = (message: string): never => {
    node.stderr.write(`${message}\n`)
    return node.exit(1)
  }
  let environment: Environment
  try {
    environment = parseEnvironment(node.env)
  } catch (error) {
    return fail(wordsOf(error))
  }
  const log = createLog({ app: name, level: environment.logLevel, secrets: secretsOf(environment) })
  const stopping = new AbortController()
  let running: { stop(): Promise<void> } | null = null

  const stop = async (why: string): Promise<void> => {
    if (stopping.signal.aborted) return
    stopping.abort()
    log.info({ why }, `the ${name} stops`)
    setTimeout(() => {
      log.warn({}, `the ${name} did not stop within ${stopWithinMs} ms and is cut`)
      node.exit(0)
    }, stopWithinMs).unref()
    await running?.stop().catch((error) => log.error({ err: error }, `the ${name} did not close cleanly`))
    log.info({}, `the ${name} stopped`)
    node.exit(0)
  }

  node.on('SIGTERM', () => stop('SIGTERM'))
  node.on('SIGINT', () => stop('SIGINT'))
  // A parent process may die without a signal; its IPC channel then closes.
  if (node.env.ZAPFLEET_PARENT && node.channel)
    node.on('disconnect', () => stop('the parent process is gone'))

  try {
    running = await start(environment, log, stopping.signal)
  } catch (error) {
    if (!stopping.signal.aborted) fail(`zapfleet's ${name} could not start. ${wordsOf(error)}`)
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
