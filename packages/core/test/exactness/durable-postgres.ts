import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, startPostgres } from '@zapfleet/embedded'
import pg from 'pg'
import { migrate } from '../../src/index.ts'
import { TIME_ZONE } from './clock.ts'

/** A migrated PostgreSQL for this run, which loses no commit when it is stopped or killed. */
export type DurablePostgres = {
  url: string
  pool: pg.Pool
  /** Stops the server, cleanly or by SIGKILL, and starts it again on the same port and data. */
  restart(how: 'in order' | 'kill -9'): Promise<void>
  /** Every line about a deadlock in the logs of all its runs. */
  deadlocks(): Promise<string[]>
  remove(): Promise<void>
}

const SETTINGS = {
  wal_level: 'logical',
  // A deadlock is detected at once, and the log names its participants.
  deadlock_timeout: '100ms',
  log_min_error_statement: 'error',
}

/**
 * As in production: `clientes` belongs to the bot, with ids of type uuid and a column of its own. From the end of the
 * migration on, a replication slot keeps every change for `readHistory`.
 *
 * @param more further settings of the server
 */
export async function startDurablePostgres(more: Record<string, string> = {}): Promise<DurablePostgres> {
  const settings = { ...SETTINGS, ...more }
  const dataDir = await mkdtemp(join(tmpdir(), 'zapfleet-exactness-'))
  // Under root, the server runs as another user, who needs access to the folder.
  await chmod(dataDir, 0o755)
  let server: Postgres = await startPostgres({ dataDir, settings })
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
      server = await startPostgres({ dataDir, settings, port })
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
