import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, startPostgres } from '@zapfleet/embedded'
import pg from 'pg'

/** A PostgreSQL for one site, as durable as a production server, that can be stopped, killed and started. */
export type Database = {
  /** The address of the server itself, without a wire. It stays the same across restarts. */
  url: string
  port: number
  /** True between a start and the end of the server, for any reason. */
  running(): boolean
  stop(how: 'in order' | 'kill -9'): Promise<void>
  /** Starts it on the same data and port; does nothing when it runs. */
  start(): Promise<void>
  /** Runs a query on the site's own connection, which is opened again when the last one broke. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  remove(): Promise<void>
}

/** Few enough that one client can take them all. */
const MAX_CONNECTIONS = 70
const SETTINGS = { max_connections: String(MAX_CONNECTIONS), deadlock_timeout: '200ms' }

/** Makes and starts it in a new folder, or in `folder`, which is not removed. */
export async function startDatabase(folder?: string): Promise<Database> {
  const dataDir = folder ?? (await mkdtemp(join(tmpdir(), 'zapfleet-chaos-')))
  // As root, the server runs as another user, who must be able to enter.
  await chmod(dataDir, 0o755)
  let server: Postgres = await startPostgres({ dataDir, settings: SETTINGS })
  const { url, port } = server
  let running = true
  const follow = (started: Postgres): void => {
    running = true
    void started.exited.then(() => {
      if (started === server) running = false
    })
  }
  follow(server)
  let client: pg.Client | null = null
  const connected = async (): Promise<pg.Client> => {
    if (client) return client
    const fresh = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 5_000,
      application_name: 'chaos',
      // The site's own connection ignores the settings that faults change.
      options: '-c default_transaction_read_only=off',
    })
    const lose = (): void => {
      if (client === fresh) client = null
    }
    fresh.on('error', lose).on('end', lose)
    await fresh.connect()
    client = fresh
    return fresh
  }
  return {
    url,
    port,
    running: () => running,
    async stop(how) {
      if (how === 'kill -9' && running) {
        process.kill(server.pid, 'SIGKILL')
        await server.exited
      }
      await server.stop()
    },
    async start() {
      if (running) return
      await server.stop()
      server = await startPostgres({ dataDir, settings: SETTINGS, port })
      follow(server)
    },
    query: async <Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]> =>
      (await (await connected()).query<Row>(text, values)).rows,
    async remove() {
      await client?.end().catch(() => {})
      await server.stop()
      if (folder !== undefined) return
      const elsewhere = await readFile(join(dataDir, 'location.json'), 'utf8').catch(() => null)
      if (elsewhere !== null)
        await rm((JSON.parse(elsewhere) as { folder: string }).folder, { recursive: true, force: true })
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
