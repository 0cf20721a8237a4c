import { migrate } from '@zapfleet/core'
import { startTemporaryPostgres } from '@zapfleet/embedded'
import pg from 'pg'
import { type FleetSize, populate } from './population.ts'
import { openUsage, type ReadUsage } from './read-usage.ts'

/**
 * As durable as in production: a commit is on the disk before its answer. Checkpoints do not run during the stretches, because
 * one would slow a single contestant.
 */
const SETTINGS = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  checkpoint_timeout: '30min',
  max_wal_size: '8GB',
  // Pools of 64 and 32 connections stay open for a while after their stretches.
  max_connections: '600',
} as const

/** A flush waits for `flushMs` before it begins, also alone. */
export const serverSettings = (flushMs: number): Record<string, string> =>
  flushMs === 0 ? SETTINGS : { ...SETTINGS, commit_delay: String(flushMs * 1_000), commit_siblings: '0' }

export const TIME_ZONE = 'America/Sao_Paulo'

/** One PostgreSQL server for all contestants, with everything that is open on it. */
export type Arena = {
  /** The server's version, such as `18.4`. */
  postgresVersion: string
  /** Makes a database of zapfleet with these connected numbers and the contacts; returns its URL. */
  fleetDatabase(fleet: FleetSize): Promise<string>
  /** Makes an empty database; returns its URL. */
  emptyDatabase(): Promise<string>
  /** Reads what this process and the server used so far. */
  readUsage: ReadUsage
  /** Writes a checkpoint: the next change of each page is logged with the whole page. */
  checkpoint(): Promise<unknown>
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
    const create = async (template: string): Promise<string> => {
      const name = `bench_${++made}`
      await admin.query(`create database ${name} template ${template}`)
      const url = new URL(postgres.url)
      url.pathname = `/${name}`
      return url.href
    }
    return {
      postgresVersion: rows[0]?.server_version ?? 'unknown',
      async fleetDatabase(size) {
        const url = await create(new URL(postgres.url).pathname.slice(1))
        await onConnection(url, (client) => populate(client, size))
        return url
      },
      emptyDatabase: () => create('template0'),
      readUsage: openUsage(admin, postgres.pid),
      checkpoint: () => admin.query('checkpoint'),
      onClose: (closer) => closers.push(closer),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
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
