import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readHolder } from '@zapfleet/holder'

/**
 * The environment that a fleet of this clone has, and where it came from, for people. `difference` is what the running `npm start`
 * has otherwise, null without one.
 */
export type FleetEnvironment = { env: Record<string, string>; source: string; difference: string | null }

/** What the launcher writes of a running start into `holder.json`. */
type Start = { database?: unknown; evolutionUrl?: unknown }

/** What `npm start` makes where the environment names none, and the files in its data folder that keep it. */
const MADE: readonly (readonly [variable: string, file: string])[] = [
  ['DATABASE_URL', 'database-url'],
  ['ADMIN_API_KEY', 'admin-key'],
  ['BOT_API_KEY', 'bot-key'],
  ['ZAPFLEET_SECRET', 'secret'],
]
const SIMULATED: readonly (readonly [variable: string, file: string])[] = [
  ['EVOLUTION_API_URL', 'simulator-url'],
  ['EVOLUTION_API_KEY', 'simulator-key'],
]

/**
 * Fills an environment as `npm start` did: database, keys and address, Evolution, each only where none is set. A
 * running start with an EVOLUTION_API_URL of its shell yields that address, and no key: keys of others are not
 * stored.
 */
export function readStart(
  given: Readonly<Record<string, string | undefined>>,
  root: string,
): FleetEnvironment {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) if (value) env[name] = value
  const folder = env.ZAPFLEET_DATA_DIR ? resolve(root, env.ZAPFLEET_DATA_DIR) : join(root, '.zapfleet')
  const running = readHolder(folder)?.note as Start | null | undefined
  const startedWith = typeof running?.evolutionUrl === 'string' ? running.evolutionUrl : null
  const difference = differenceOf(running, env, startedWith)
  if (startedWith !== null) env.EVOLUTION_API_URL ??= startedWith
  const hasOwnDatabase = env.DATABASE_URL !== undefined
  const gaps = [
    ...(hasOwnDatabase || running?.database === 'yours' ? [] : MADE),
    ...(env.EVOLUTION_API_URL ? [] : SIMULATED),
  ]
  const filled = gaps.filter(([variable, file]) => {
    if (env[variable]) return false
    const kept = readKept(join(folder, file))
    if (kept === null) return false
    env[variable] = kept
    return true
  })
  if (!hasOwnDatabase) fillAddress(env, folder)
  const source = filled.length > 0 ? `from the environment and ${folder}` : 'from the environment'
  return { env, source, difference }
}

function differenceOf(
  running: Start | null | undefined,
  env: Readonly<Record<string, string>>,
  startedWith: string | null,
): string | null {
  if (!running) return null
  if (running.database === 'yours' && !env.DATABASE_URL)
    return 'the running npm start has a DATABASE_URL from its own shell: set the same here'
  if (startedWith === null)
    return running.evolutionUrl === null && env.EVOLUTION_API_URL
      ? 'the running npm start uses the simulator, not this EVOLUTION_API_URL'
      : null
  if (env.EVOLUTION_API_URL !== undefined && env.EVOLUTION_API_URL !== startedWith)
    return `the running npm start uses another EVOLUTION_API_URL: ${originOf(startedWith)}`
  return env.EVOLUTION_API_KEY
    ? null
    : `the running npm start has EVOLUTION_API_URL=${originOf(startedWith)} and its key from its own shell: set EVOLUTION_API_KEY here`
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin : 'not a URL')

/** Where the last start listened: its PORT stood in the shell of that start alone. */
function fillAddress(env: Record<string, string>, folder: string): void {
  const kept = readKept(join(folder, 'api-url'))
  if (kept === null || env.HOST || env.PORT || !URL.canParse(kept)) return
  const { hostname, port } = new URL(kept)
  env.HOST = hostname.replace(/^\[|\]$/g, '')
  env.PORT = port || '80'
}

function readKept(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null
  } catch {
    return null
  }
}
