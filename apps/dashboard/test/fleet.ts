import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createFleetClient, type FleetClient } from '@zapfleet/client'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { type AppProcess, runApp, testDatabase } from '@zapfleet/testing'

export const ADMIN_KEY = 'zf_admin_for-tests-only-0123456789'
export const BOT_KEY = 'zf_bot_for-tests-only-0123456789'

/** The real API in a process of its own, over a database and a simulated Evolution that calls its webhook. */
export type TestFleet = {
  /** Stays the same when the API starts anew. */
  url: string
  databaseUrl: string
  simulator: Simulator
  admin: FleetClient
  /** Everything the API's processes wrote, at the level debug. */
  log(): string
  /** Kills the API's process, as a crash would. */
  killApi(): Promise<void>
  startApi(): Promise<void>
  close(): Promise<void>
}

/** Starts everything; some seconds. */
export async function startFleet(): Promise<TestFleet> {
  // QR codes live for some seconds instead of 45.
  const [database, simulator, port] = await Promise.all([
    testDatabase(),
    startSimulator({ timeScale: 0.1, qrLimit: 6 }),
    freePort(),
  ])
  const url = `http://127.0.0.1:${port}`
  const environment = {
    DATABASE_URL: database.url,
    EVOLUTION_API_URL: simulator.url,
    EVOLUTION_API_KEY: simulator.apiKey,
    ADMIN_API_KEY: ADMIN_KEY,
    BOT_API_KEY: BOT_KEY,
    PORT: String(port),
    PUBLIC_URL: url,
    LOG_LEVEL: 'debug',
  }
  const processes: AppProcess[] = []
  const startApi = async (): Promise<void> => {
    const api = runApp('api', environment)
    processes.push(api)
    await api.logLine('the API is ready')
  }
  const killApi = async (): Promise<void> => processes.at(-1)?.end('SIGKILL')
  await startApi()
  return {
    url,
    databaseUrl: database.url,
    simulator,
    admin: createFleetClient({ url, apiKey: ADMIN_KEY }),
    log: () => processes.map((api) => api.stdout() + api.stderr()).join(''),
    killApi,
    startApi,
    async close() {
      await killApi()
      await simulator.close()
      await database.drop()
    },
  }
}

/** A port that nobody has just now: Evolution must know the API's address before the API listens. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
