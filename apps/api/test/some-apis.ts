import { type Simulator, startSimulator } from '@zapfleet/simulator'
import { type AppProcess, runApp, type TestDatabase, testDatabase } from '@zapfleet/testing'
import pg from 'pg'
import { apiEnvironment } from './fleet-api.ts'

/** Several API processes over one database and one simulator. */
export type SomeApis = {
  database: TestDatabase
  simulator: Simulator
  sql: pg.Client
  processes: AppProcess[]
  /** In the order of the environments. */
  addresses: string[]
  /** Starts one more over the same database; returns its address. */
  start(environment: Record<string, string>): Promise<string>
  close(): Promise<void>
}

/** Starts one API process for each environment, all at once, and waits until they are ready. */
export async function startSomeApis(environments: readonly Record<string, string>[]): Promise<SomeApis> {
  const database = await testDatabase()
  const simulator = await startSimulator({ timeScale: 0.01 })
  const sql = new pg.Client({ connectionString: database.url })
  await sql.connect()
  const processes: AppProcess[] = []
  const startAll = async (all: readonly Record<string, string>[]): Promise<string[]> => {
    const started = await Promise.all(
      all.map((environment) => runApp('api', { ...apiEnvironment(database, simulator), ...environment })),
    )
    processes.push(...started)
    return Promise.all(
      started.map(async (process) => String((await process.logLine('the API is ready')).address)),
    )
  }
  const addresses = await startAll(environments)
  return {
    database,
    simulator,
    sql,
    processes,
    addresses,
    start: async (environment) => (await startAll([environment]))[0] as string,
    async close() {
      for (const process of processes) await process.end('SIGTERM')
      await sql.end()
      await simulator.close()
      await database.drop()
    },
  }
}
