import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { followNpm } from './follow-npm.ts'
import { launch } from './launch.ts'
import { type Plan, planStart, programsOf, StartError, withoutEmpty } from './plan.ts'
import { summarize } from './summary.ts'

const startedAt = performance.now()
const root = fileURLToPath(new URL('../../../', import.meta.url)).replace(/[\\/]$/, '')
try {
  process.loadEnvFile(join(root, '.env'))
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}

const env = withoutEmpty(process.env)
const plan = planOrEnd()
const fleet = launch({
  plan,
  env,
  root,
  programs: programsOf(root, plan.watch),
  show: (line) => console.error(line),
})

// A write to a closed terminal fails; that alone does not end the fleet.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)

/** npm and pnpm pass a Ctrl-C on, and the terminal sends it to this process too: two within this time count as one. */
const SAME_SIGNAL_MS = 700
let stoppingSince: number | null = null
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopBySignal(signal))

function stopBySignal(signal: NodeJS.Signals): void {
  const now = performance.now()
  if (stoppingSince === null) {
    stoppingSince = now
    console.log(signal === 'SIGINT' ? '\nStopping; once more stops at once.' : '\nStopping.')
    fleet.stop().then(
      () => process.exit(0),
      (error: Error) => end(error.message),
    )
  } else if (signal === 'SIGINT' && now - stoppingSince > SAME_SIGNAL_MS) {
    fleet.kill()
    process.exit(130)
  }
}

if (process.env.npm_lifecycle_event) followNpm(() => stoppingSince === null && stopBySignal('SIGHUP'))

function planOrEnd(): Plan {
  try {
    return planStart(env, process.argv.slice(2), root)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    console.error(error.message)
    process.exit(1)
  }
}

async function end(message: string): Promise<never> {
  console.error(`\n${message}`)
  await fleet.stop().catch(() => fleet.kill())
  process.exit(1)
}

fleet.ready.then(
  (ready) => {
    if (stoppingSince === null) console.log(summarize(plan, ready, performance.now() - startedAt))
    return fleet.failed.then((message) => stoppingSince === null && end(message))
  },
  (error: Error) =>
    stoppingSince === null &&
    end(error instanceof StartError ? error.message : (error.stack ?? error.message)),
)
