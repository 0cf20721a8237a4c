import { CommanderError } from 'commander'
import { EXIT } from './exit-codes.ts'
import { type Called, failureJson, failureLines, readFailure } from './failure.ts'
import { inLanguage, languageOf } from './language.ts'
import { makeProgram } from './program.ts'
import { paintOf, wantsColour } from './terminal/paint.ts'
import type { World } from './world.ts'

/** How long an interrupted command may take to restore the terminal and print its last line. */
const END_MS = 2_000

/** Runs one command line in the language of the person. Returns the exit code; never throws. */
export function runCli(world: World): Promise<number> {
  // JSON is the same in every language.
  const json = world.args.includes('--json')
  return inLanguage(json ? 'en' : languageOf(world.env), () => runInLanguage(world, json))
}

async function runInLanguage(world: World, json: boolean): Promise<number> {
  const run = { exit: EXIT.ok as number, called: null as Called }
  const running = makeProgram(world, run)
    .parseAsync([...world.args], { from: 'user' })
    .then(
      () => run.exit,
      (error: unknown) => report(error),
    )
  return Promise.race([running, afterInterrupt(world)])

  function report(error: unknown): number {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
    // After an interruption, the error of an aborted call has no use for the person.
    if (world.interrupted.aborted && !isRefusal(error)) return interruption(world)
    const failure = readFailure(error, run.called)
    if (json) world.stderr.write(`${JSON.stringify(failureJson(failure))}\n`)
    else if (!(error instanceof CommanderError)) {
      const [first = '', ...hints] = failureLines(failure)
      const paint = paintOf(wantsColour(world, world.stderr, !world.args.includes('--no-color')))
      world.stderr.write(`${[paint.red(first), ...hints].join('\n')}\n`)
    }
    return world.interrupted.aborted ? interruption(world) : failure.exit
  }
}

function isRefusal(error: unknown): boolean {
  return (error as { name?: unknown }).name === 'Refusal'
}

function interruption(world: World): number {
  return typeof world.interrupted.reason === 'number' ? world.interrupted.reason : EXIT.interrupted
}

/** The exit code of an interruption, for a command that still runs after END_MS. */
function afterInterrupt(world: World): Promise<number> {
  return new Promise((resolve) => {
    const wait = () => setTimeout(() => resolve(interruption(world)), END_MS)
    if (world.interrupted.aborted) wait()
    else world.interrupted.addEventListener('abort', wait, { once: true })
  })
}
