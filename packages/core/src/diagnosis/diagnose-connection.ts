import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { prepareConnections, type TlsState } from '../ground/prepare-connections.ts'
import { type ConnectTrouble, connectTrouble } from './connect-trouble.ts'

/** What one connection to a database shows. `clock`: how far it is ahead of this process, within `doubtMs`. */
export type ConnectionDiagnosis =
  | { connected: false; trouble: ConnectTrouble; message: string }
  | {
      connected: true
      tookMs: number
      /** As PostgreSQL numbers itself: 130004 is 13.4. */
      version: number
      user: string
      /** Equal for two connections to one database of one server. */
      identity: string
      /** It takes no writes: a standby, or set so. */
      readOnly: boolean
      /** False: a pooler dropped the settings of the session, so none may be relied on. */
      keepsSettings: boolean
      /** Whether LISTEN was answered by its NOTIFY: not through a transaction pooler, and not on a standby. */
      deliversNotifications: boolean
      connections: { used: number; allowed: number }
      tls: TlsState
      clock: { aheadMs: number; doubtMs: number }
    }

const ECHO_WITHIN_MS = 1_500

/** Runs `work` on one connection to `url`, with how long the connecting took and whether it is encrypted. It sets nothing: behind a pooler, what is set would be the next one's. */
export async function withConnection<Result>(
  url: string,
  withinMs: number,
  work: (client: pg.Client, seen: { tookMs: number; tls: TlsState }) => Promise<Result>,
): Promise<Result> {
  const { config, pooled, tls } = await prepareConnections(url, withinMs)
  const startedAt = performance.now()
  const client = new pg.Client({
    ...config,
    connectionTimeoutMillis: withinMs,
    query_timeout: withinMs,
    application_name: 'zapfleet doctor',
    // A setting of our own: a pooler that drops it drops every setting.
    ...(pooled ? {} : { options: '-c zapfleet.doctor=here' }),
  })
  client.on('error', () => {})
  try {
    await client.connect()
    return await work(client, { tookMs: Math.round(performance.now() - startedAt), tls })
  } finally {
    // A server that hangs does not confirm the end of the connection.
    await Promise.race([client.end().catch(() => {}), sleep(500)])
  }
}

/** Runs one statement in a read-only transaction, also behind a transaction pooler. */
export async function queryReadOnly<Row extends pg.QueryResultRow>(
  client: pg.Client,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  await client.query('begin transaction read only')
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.query('rollback')
  }
}

/** Connects to a database and reads what its server is; changes nothing and never throws. */
export async function diagnoseConnection(url: string, withinMs = 5_000): Promise<ConnectionDiagnosis> {
  try {
    return await withConnection(url, withinMs, async (client, { tookMs, tls }) => {
      const [row] = await queryReadOnly<{
        version: string
        user: string
        identity: string
        read_only: boolean
        mark: string | null
        used: number
        allowed: number
      }>(
        client,
        `select current_setting('server_version_num') version, current_user "user",
  (select oid from pg_database where datname = current_database()) || '@' || pg_postmaster_start_time() identity,
  pg_is_in_recovery() or current_setting('default_transaction_read_only')::bool read_only,
  current_setting('zapfleet.doctor', true) mark,
  (select count(*)::int from pg_stat_activity where backend_type = 'client backend') used,
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int allowed`,
      )
      if (!row) throw new Error('the database gave no row')
      return {
        connected: true as const,
        tookMs,
        version: Number(row.version),
        user: row.user,
        identity: row.identity,
        readOnly: row.read_only,
        keepsSettings: row.mark === 'here',
        deliversNotifications: row.mark === 'here' && (await deliversNotifications(client)),
        connections: { used: row.used, allowed: row.allowed },
        tls,
        clock: await readClock(client),
      }
    })
  } catch (error) {
    return { connected: false, trouble: connectTrouble(error), message: wordsOf(error) }
  }
}

/** The first query on a connection is slow; of three, the fastest is the most exact. */
async function readClock(client: pg.Client): Promise<{ aheadMs: number; doubtMs: number }> {
  let best = { aheadMs: 0, doubtMs: Number.POSITIVE_INFINITY }
  for (let turn = 0; turn < 3; turn++) {
    const sentAt = Date.now()
    const { rows } = await client.query<{ ms: number }>(
      'select extract(epoch from clock_timestamp())::float8 * 1000 ms',
    )
    const doubtMs = (Date.now() - sentAt) / 2
    if (doubtMs < best.doubtMs) best = { aheadMs: (rows[0]?.ms ?? 0) - sentAt - doubtMs, doubtMs }
  }
  return { aheadMs: Math.round(best.aheadMs), doubtMs: Math.ceil(best.doubtMs) }
}

/** Listens on a channel that no other program uses, and notifies it. */
async function deliversNotifications(client: pg.Client): Promise<boolean> {
  const word = randomUUID()
  const timeout = AbortSignal.timeout(ECHO_WITHIN_MS)
  try {
    await client.query('listen zapfleet_doctor')
    const notified = once(client, 'notification', { signal: timeout })
    notified.catch(() => {})
    await client.query(`select pg_notify('zapfleet_doctor', $1)`, [word])
    await notified
    return true
  } catch {
    return false
  }
}

function wordsOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error
  return first instanceof Error ? first.message : String(first)
}
