import { migrate } from '@zapfleet/core'
import { startTemporaryPostgres } from '@zapfleet/embedded'
import pg from 'pg'
import { type FleetSize, populate } from './population.ts'
import { openUsage, type ReadProcessUs, type ReadUsage } from './read-usage.ts'

/**
 * As durable as in production: a commit is on the disk before its answer. Checkpoints do not run during the stretches, because
 * one would slow a single contestant. Autovacuum visits each of some sixty databases this often; each has less than half a minute of work in that
 * time. By default a worker would start each second, in the stretch of another contestant.
 */
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  checkpoint_timeout: '30min',
  autovacuum_naptime: '10min',
  max_wal_size: '8GB',
  // Pools of 64 and 32 connections stay open for a while after their stretches.
  max_connections: '600',
  // The statements of a database that logs them are found by its name.
  log_line_prefix: '%d ',
} as const

/** A flush waits for `flushMs` before it begins, also alone. */
const slowFlush = (flushMs: number): Record<string, string> =>
  flushMs === 0 ? {} : { commit_delay: String(flushMs * 1_000), commit_siblings: '0' }

/** `flushMs`: of all databases of the server. */
export const serverSettings = (flushMs: number): Record<string, string> => ({
  ...SETTINGS,
  ...slowFlush(flushMs),
})

export const TIME_ZONE = 'America/Sao_Paulo'

/** One PostgreSQL server for all contestants, with everything that is open on it. */
export type Arena = {
  /** The server's version, such as `18.4`. */
  postgresVersion: string
  /** Makes a database of zapfleet with these connected numbers and the contacts; returns its URL. */
  fleetDatabase(fleet: FleetSize): Promise<string>
  /** Makes an empty database; returns its URL. */
  emptyDatabase(): Promise<string>
  /** The same server; a flush for a database that is made here takes so long at least. */
  withFlush(flushMs: number): Arena
  /** Reads what this process and the server used so far. */
  readUsage: ReadUsage
  /** The same for other processes. */
  usageOf(readProcessUs: ReadProcessUs): ReadUsage
  /** Writes a checkpoint: the next change of each page is logged with the whole page. */
  checkpoint(): Promise<unknown>
  /** Logs every statement of a database from now on. */
  logStatements(url: string): Promise<void>
  /** The server's log. */
  logFile: string
  /** Registers a function that closes something at the end, last opened first. */
  onClose(close: () => Promise<unknown>): void
  /** Closes everything, then the server. */
  close(): Promise<void>
}

/** Starts the server and migrates the template that fleets are copied from. */
export async function openArena(report: (line: string) => void, flushMs: number): Promise<Arena> {
  const closers: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (let next = closers.pop(); next; next = closers.pop()) {
      await next().catch((error) => report(`something did not close: ${String(error)}`))
    }
  }
  const postgres = await startTemporaryPostgres({ settings: serverSettings(flushMs) })
  closers.push(() => postgres.stop())
  try {
    await migrate({ url: postgres.url, timeZone: TIME_ZONE })
    const admin = new pg.Client({ connectionString: postgres.adminUrl })
    await admin.connect()
    closers.push(() => admin.end())
    const { rows } = await admin.query<{ server_version: string }>('show server_version')
    let made = 0
    const set = async (database: string, settings: Record<string, string>): Promise<void> => {
      for (const [name, value] of Object.entries(settings))
        await admin.query(`alter database ${database} set ${name} = '${value}'`)
    }
    const create = async (template: string, settings: Record<string, string>): Promise<string> => {
      const name = `bench_${++made}`
      await admin.query(`create database ${name} template ${template}`)
      await set(name, settings)
      const url = new URL(postgres.url)
      url.pathname = `/${name}`
      return url.href
    }
    const arenaOf = (settings: Record<string, string>): Arena => ({
      postgresVersion: rows[0]?.server_version ?? 'unknown',
      async fleetDatabase(size) {
        const url = await create(databaseOf(postgres.url), settings)
        await onConnection(url, (client) => populate(client, size))
        return url
      },
      emptyDatabase: () => create('template0', settings),
      withFlush: (ms) => arenaOf(slowFlush(ms)),
      readUsage: openUsage(admin, postgres.pid),
      usageOf: (readProcessUs) => openUsage(admin, postgres.pid, readProcessUs),
      checkpoint: () => admin.query('checkpoint'),
      logStatements: (url) => set(databaseOf(url), { log_statement: 'all' }),
      logFile: postgres.logFile,
      onClose: (closer) => closers.push(closer),
      close,
    })
    return arenaOf({})
  } catch (error) {
    await close()
    throw error
  }
}

/** The name of the database that a URL opens. */
export function databaseOf(url: string): string {
  return new URL(url).pathname.slice(1)
}

/** Opens a connection for `act` and closes it. */
export async function onConnection<Result>(
  url: string,
  act: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await act(client)
  } finally {
    await client.end()
  }
}
