import { freePort } from './free-port.ts'
import { type AppProcess, runApp } from './run-app.ts'
import { testDatabase } from './test-database.ts'

export const ADMIN_KEY = 'zf_admin_for-tests-only-0123456789'
export const BOT_KEY = 'zf_bot_for-tests-only-0123456789'

/** The Evolution of a fleet: a simulator, in tests. */
type Evolution = { url: string; apiKey: string; close(): Promise<unknown> }

/** The real API in its own process, over a database and a simulated Evolution of one test file. */
export type ApiFleet = {
  /** It stays the same when the API restarts. */
  url: string
  databaseUrl: string
  /** The output of the API's processes. */
  log(): string
  /** Kills the API's process, as a crash would. */
  killApi(): Promise<void>
  startApi(): Promise<void>
  /** Ends the API, then Evolution, and drops the database. */
  close(): Promise<void>
}

/** Starts the API for this Evolution; `environment` adds to address, database and keys. Takes some seconds. */
export async function startApiFleet(
  evolution: Evolution,
  environment: Readonly<Record<string, string>> = {},
): Promise<ApiFleet> {
  const database = await testDatabase()
  const processes: AppProcess[] = []
  const port = environment.PORT ?? String(await freePort())
  const startApi = async (): Promise<void> => {
    const api = await runApp('api', {
      DATABASE_URL: database.url,
      EVOLUTION_API_URL: evolution.url,
      EVOLUTION_API_KEY: evolution.apiKey,
      ADMIN_API_KEY: ADMIN_KEY,
      BOT_API_KEY: BOT_KEY,
      ZAPFLEET_SECRET: 'tests-secret-0123456789-abcdefghijk',
      ...environment,
      PORT: port,
    })
    processes.push(api)
    await api.logLine('the API is ready')
  }
  const killApi = async (): Promise<void> => processes.at(-1)?.end('SIGKILL')
  const close = async (): Promise<void> => {
    await killApi()
    await evolution.close()
    await database.drop()
  }
  try {
    await startApi()
  } catch (error) {
    await close()
    throw error
  }
  return {
    url: `http://127.0.0.1:${port}`,
    databaseUrl: database.url,
    log: () => processes.map((api) => api.stdout() + api.stderr()).join(''),
    killApi,
    startApi,
    close,
  }
}
