import { createFleetClient, type FleetClient } from '@zapfleet/client'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { type ApiProcess, spawnApi, testDatabase } from '@zapfleet/testing'

export const ADMIN_KEY = 'zf_admin_for-tests-only-0123456789'
export const BOT_KEY = 'zf_bot_for-tests-only-0123456789'

/** An API in a process of its own, over a database and a simulator of one test file's own. */
export type TestFleet = {
  /** Stays the same when the API starts anew. */
  url: string
  simulator: Simulator
  admin: FleetClient
  /** Makes connected numbers. */
  addNumbers(...names: string[]): Promise<void>
  /** Ends the API as a crash would. */
  killApi(): Promise<void>
  startApi(): Promise<void>
  close(): Promise<void>
}

/** Starts everything. Codes of the simulator live until it is told otherwise. */
export async function startTestFleet(): Promise<TestFleet> {
  const [database, simulator] = await Promise.all([
    testDatabase(),
    startSimulator({ timeScale: 0, qrLimit: 3 }),
  ])
  let api: ApiProcess | null = null
  let port = 0
  const startApi = async (): Promise<void> => {
    api = await spawnApi({
      DATABASE_URL: database.url,
      EVOLUTION_API_URL: simulator.url,
      EVOLUTION_API_KEY: simulator.apiKey,
      ADMIN_API_KEY: ADMIN_KEY,
      BOT_API_KEY: BOT_KEY,
      PORT: String(port),
    })
    port = api.port
  }
  const killApi = async (): Promise<void> => api?.end('SIGKILL')
  await startApi()
  const url = `http://127.0.0.1:${port}`
  const admin = createFleetClient({ url, apiKey: ADMIN_KEY })
  return {
    url,
    simulator,
    admin,
    async addNumbers(...names) {
      for (const name of names) simulator.control.addInstance({ name })
      await admin.instance.import.mutate({})
      await admin.health.checkAll.mutate({})
    },
    killApi,
    startApi,
    async close() {
      await killApi()
      await simulator.close()
      await database.drop()
    },
  }
}
