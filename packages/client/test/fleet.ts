import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { testDatabase } from '@zapfleet/testing'
import { createFleetClient, type FleetClient } from '../src/index.ts'

export const ADMIN_KEY = 'zf_admin_for-tests-only-0123456789'
export const BOT_KEY = 'zf_bot_for-tests-only-0123456789'

/** An API in a process of its own, over a database and a simulator of one test file's own. */
export type TestFleet = {
  /** Stays the same when the API starts anew. */
  url: string
  simulator: Simulator
  /** The admin's client. */
  admin: FleetClient
  /** Makes connected numbers; capacities are the defaults (20 an hour) unless said. */
  addNumbers(
    names: readonly string[],
    capacity?: { hourlyCapacity?: number; dailyCapacity?: number },
  ): Promise<void>
  /** Kills the API's process, as a crash would. */
  killApi(): Promise<void>
  startApi(): Promise<void>
  close(): Promise<void>
}

/** Starts everything; some 3 s. */
export async function startTestFleet(): Promise<TestFleet> {
  const [database, simulator] = await Promise.all([testDatabase(), startSimulator({ timeScale: 0.01 })])
  let port = 0
  let api: ChildProcess | null = null
  const startApi = async (): Promise<void> => {
    const started = await spawnApi({
      DATABASE_URL: database.url,
      EVOLUTION_API_URL: simulator.url,
      EVOLUTION_API_KEY: simulator.apiKey,
      ADMIN_API_KEY: ADMIN_KEY,
      BOT_API_KEY: BOT_KEY,
      PORT: String(port),
    })
    api = started.child
    port = started.port
  }
  const killApi = async (): Promise<void> => {
    if (api === null || api.exitCode !== null || api.signalCode !== null) return
    const ended = once(api, 'exit')
    api.kill('SIGKILL')
    await ended
  }
  await startApi()
  const url = `http://127.0.0.1:${port}`
  const admin = createFleetClient({ url, apiKey: ADMIN_KEY })
  return {
    url,
    simulator,
    admin,
    async addNumbers(names, capacity = {}) {
      for (const name of names) simulator.control.addInstance({ name })
      await admin.instance.import.mutate({})
      await Promise.all(names.map((name) => admin.instance.update.mutate({ name, ...capacity })))
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

async function spawnApi(environment: Record<string, string>): Promise<{ child: ChildProcess; port: number }> {
  const main = fileURLToPath(new URL('../../../apps/api/src/main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', '-C', '@zapfleet/source', main], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const port = await new Promise<number>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      output += chunk
      const found = /"address":"http:\/\/[^:]+:(\d+)"/.exec(output)
      if (found) resolve(Number(found[1]))
    }
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
    child.once('exit', () => reject(new Error(`the API ended before it was ready:\n${output}`)))
  })
  return { child, port }
}
