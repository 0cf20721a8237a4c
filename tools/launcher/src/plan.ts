import { join, resolve } from 'node:path'
import type { DemoSize } from './demo-marker.ts'

/** A process environment: variables and values. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * The plan of a start. `port` null: PORT is not a port; the API reads it too and reports the error. `demo`: which example numbers are
 * made (database embedded, Evolution simulated, no SEED_INSTANCES); null: none.
 */
export type Plan = {
  dataDir: string
  host: string
  port: number | null
  database: 'embedded' | 'yours'
  evolution: 'simulated' | 'yours'
  demo: DemoSize | null
  showAllLogs: boolean
  watch: boolean
}

/**
 * Reads the plan of a start from its environment and arguments (`--verbose`, `--watch`). An empty variable counts as unset.
 *
 * @throws StartError for a DEMO that is not `large`
 */
export function planStart(environment: Environment, args: readonly string[], root: string): Plan {
  const env = withoutEmpty(environment)
  if (env.DEMO !== undefined && env.DEMO !== 'large')
    throw new StartError(`DEMO must be large, or unset for the small demo, and is "${env.DEMO}".`)
  const database = env.DATABASE_URL ? 'yours' : 'embedded'
  const evolution = env.EVOLUTION_API_URL ? 'yours' : 'simulated'
  const hasDemo = database === 'embedded' && evolution === 'simulated' && env.SEED_INSTANCES === undefined
  return {
    dataDir: env.ZAPFLEET_DATA_DIR ? resolve(root, env.ZAPFLEET_DATA_DIR) : join(root, '.zapfleet'),
    host: env.HOST ?? '127.0.0.1',
    port: readPort(env.PORT ?? '3333'),
    database,
    evolution,
    demo: hasDemo ? (env.DEMO ?? 'small') : null,
    showAllLogs: env.LOG_LEVEL !== undefined || args.includes('--verbose'),
    watch: args.includes('--watch'),
  }
}

/** Variables that people write before `npm start`. */
const GIVEN_INLINE = ['DEMO', 'PORT', 'ZAPFLEET_DATA_DIR']

/** `npm start` with these variables of the environment, as a command for a POSIX shell. */
export function startCommand(env: Environment): string {
  const given = GIVEN_INLINE.flatMap((name) => (env[name] ? [`${name}=${quoted(env[name])}`] : []))
  return [...given, 'npm start'].join(' ')
}

const quoted = (value: string): string =>
  /^[\w./:-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`

/** The environment without its empty variables, which come from a copied .env.example. */
export function withoutEmpty(environment: Environment): Record<string, string> {
  const filled: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) if (value) filled[name] = value
  return filled
}

/** The address of this machine for a listener on `host`. */
export function addressOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '') return `http://127.0.0.1:${port}`
  if (host === '::') return `http://[::1]:${port}`
  return host.includes(':') ? `http://[${host}]:${port}` : `http://${host}:${port}`
}

function readPort(word: string): number | null {
  const port = Number(word)
  return /^\d+$/.test(word) && port >= 1 && port <= 65_535 ? port : null
}

/** The programs of a fleet, each as arguments for Node. */
export type Programs = { simulator: string[]; api: string[]; scheduler: string[]; sender: string[] }

/** The built programs of a clone or, with `watch`, their sources, restarted when they change. */
export function programsOf(root: string, watch: boolean): Programs {
  const program = (folder: string) =>
    watch
      ? [
          '--watch',
          '--watch-preserve-output',
          '--import',
          'tsx',
          '-C',
          '@zapfleet/source',
          join(root, folder, 'src', 'main.ts'),
        ]
      : ['--enable-source-maps', join(root, folder, 'dist', 'main.js')]
  return {
    simulator: program('tools/simulator'),
    api: program('apps/api'),
    scheduler: program('apps/scheduler'),
    sender: program('apps/sender'),
  }
}

/** A start that cannot continue. `message` is written for people and is shown without a stack. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
