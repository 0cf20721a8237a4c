import { CommanderError } from 'commander'
import { EXIT } from './exit-codes.ts'
import { failureJson, failureLines, readFailure, type Spoken } from './failure.ts'
import { inLanguage, languageOf } from './language.ts'
import { makeProgram } from './program.ts'
import { paintOf, wantsColour } from './terminal/paint.ts'
import type { World } from './world.ts'

/** How long a command that was interrupted may take to put the terminal and its last sentence in order. */
const LAST_WORDS_MS = 2_000

/** Runs one command line to its end, in the language of the person, and answers the exit code. Never throws. */
export function runCli(world: World): Promise<number> {
  // What programs read is the same in every language.
  const json = world.args.includes('--json')
  return inLanguage(json ? 'en' : languageOf(world.env), () => runInLanguage(world, json))
}

async function runInLanguage(world: World, json: boolean): Promise<number> {
  const run = { exit: EXIT.ok as number, spoken: null as Spoken }
  const running = makeProgram(world, run)
    .parseAsync([...world.args], { from: 'user' })
    .then(
      () => run.exit,
      (error: unknown) => tell(error),
    )
  return Promise.race([running, afterInterrupt(world)])

  function tell(error: unknown): number {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
    // Whoever was interrupted knows why a call came to nothing.
    if (world.interrupted.aborted && !isOwnSentence(error)) return interruption(world)
    const failure = readFailure(error, run.spoken)
    if (json) world.stderr.write(`${JSON.stringify(failureJson(failure))}\n`)
    else if (!(error instanceof CommanderError)) {
      const [first = '', ...hints] = failureLines(failure)
      const paint = paintOf(wantsColour(world, world.stderr, !world.args.includes('--no-color')))
      world.stderr.write(`${[paint.red(first), ...hints].join('\n')}\n`)
    }
    return world.interrupted.aborted ? interruption(world) : failure.exit
  }
}

function isOwnSentence(error: unknown): boolean {
  return (error as { name?: unknown }).name === 'Refusal'
}

function interruption(world: World): number {
  return typeof world.interrupted.reason === 'number' ? world.interrupted.reason : EXIT.interrupted
}

/** The code of an interruption, when the command itself does not end within a moment of it. */
function afterInterrupt(world: World): Promise<number> {
  return new Promise((resolve) => {
    const wait = () => setTimeout(() => resolve(interruption(world)), LAST_WORDS_MS)
    if (world.interrupted.aborted) wait()
    else world.interrupted.addEventListener('abort', wait, { once: true })
  })
}
