import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The environment that a fleet of this clone has, and where it came from, for people. */
export type FleetEnvironment = { env: Record<string, string>; source: string }

/** What `npm start` makes where the environment names none, and the files in its data folder that keep it. */
const MADE: readonly (readonly [variable: string, file: string])[] = [
  ['DATABASE_URL', 'database-url'],
  ['ADMIN_API_KEY', 'admin-key'],
  ['BOT_API_KEY', 'bot-key'],
]
const SIMULATED: readonly (readonly [variable: string, file: string])[] = [
  ['EVOLUTION_API_URL', 'simulator-url'],
  ['EVOLUTION_API_KEY', 'simulator-key'],
]

/** Fills the gaps of an environment as `npm start` did: database, keys and address, simulator, each only where none is named. */
export function readStart(
  given: Readonly<Record<string, string | undefined>>,
  root: string,
): FleetEnvironment {
  const env: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) if (value) env[name] = value
  const folder = env.ZAPFLEET_DATA_DIR ? resolve(root, env.ZAPFLEET_DATA_DIR) : join(root, '.zapfleet')
  const hasOwnDatabase = env.DATABASE_URL !== undefined
  const gaps = [...(hasOwnDatabase ? [] : MADE), ...(env.EVOLUTION_API_URL ? [] : SIMULATED)]
  const filled = gaps.filter(([variable, file]) => {
    if (env[variable]) return false
    const kept = readKept(join(folder, file))
    if (kept === null) return false
    env[variable] = kept
    return true
  })
  if (!hasOwnDatabase) fillAddress(env, folder)
  return { env, source: filled.length > 0 ? `from the environment and ${folder}` : 'from the environment' }
}

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
