import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, startPostgres } from '@zapfleet/embedded'
import pg from 'pg'
import { migrate } from '../../src/index.ts'
import { TIME_ZONE } from './clock.ts'

/** A migrated PostgreSQL of this run's own that loses nothing when it is stopped or killed. */
export type DurablePostgres = {
  url: string
  pool: pg.Pool
  /** Ends the server, in order or by kill -9, and starts it again on the same port and data. */
  restart(how: 'in order' | 'kill -9'): Promise<void>
  /** Every line about a deadlock in the logs of all its lives. */
  deadlocks(): Promise<string[]>
  remove(): Promise<void>
}

const SETTINGS = {
  wal_level: 'logical',
  // A deadlock is found at once, and the log says between whom.
  deadlock_timeout: '100ms',
  log_min_error_statement: 'error',
}

/**
 * As production has it: `clientes` is the bot's, with ids of type uuid and a column of its own. From the end of the
 * migration on, a replication slot keeps every change for `readHistory`.
 */
export async function startDurablePostgres(): Promise<DurablePostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'zapfleet-exactness-'))
  // As root the server runs as somebody else, who must be able to enter.
  await chmod(dataDir, 0o755)
  let server: Postgres = await startPostgres({ dataDir, settings: SETTINGS })
  const { url, port } = server
  const pool = new pg.Pool({ connectionString: url, max: 6 })
  pool.on('error', () => {})
  const endedLogs: string[] = []
  const end = async (): Promise<void> => {
    await server.stop()
    endedLogs.push(await readFile(server.logFile, 'utf8'))
  }

  await pool.query('create table public.clientes (id uuid primary key, nome text not null)')
  await migrate({ url, timeZone: TIME_ZONE })
  await pool.query(`select pg_create_logical_replication_slot('history', 'test_decoding')`)

  return {
    url,
    pool,
    async restart(how) {
      if (how === 'kill -9') {
        process.kill(server.pid, 'SIGKILL')
        await server.exited
      }
      await end()
      server = await startPostgres({ dataDir, settings: SETTINGS, port })
    },
    async deadlocks() {
      const lines = [...endedLogs, await readFile(server.logFile, 'utf8')].join('\n').split('\n')
      return lines.flatMap((line, at) =>
        line.includes('deadlock detected') ? lines.slice(at, at + 12).join('\n') : [],
      )
    },
    async remove() {
      await pool.end()
      await server.stop()
      const elsewhere = await readFile(join(dataDir, 'location.json'), 'utf8').catch(() => null)
      if (elsewhere !== null)
        await rm((JSON.parse(elsewhere) as { folder: string }).folder, { recursive: true, force: true })
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
