import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from './generated/client.ts'
import type { Log } from './log.ts'
import { openLine } from './open-pipelined-connection.ts'
import { POOL_SIZES, type PoolSizes } from './pool-sizes.ts'
import { prepareConnections } from './prepare-connections.ts'
import type { Statement } from './statement.ts'

/**
 * The two ways into PostgreSQL: Prisma for the registry, and named statements over a small pool of their own for choosing
 * and counting, where every microsecond of a claim is paid by all who wait behind it.
 */
export type Database = {
  readonly prisma: PrismaClient
  /** Runs one autocommit statement. */
  run<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]>
  /**
   * The same in line: all on one connection, each sent without waiting for the answer of the one before, so the next is
   * there when the server is done. They run in the order of the calls; one that fails fails alone.
   */
  runInLine<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]>
  /** The same for answers as large as the fleet: on a connection that no claim, release or confirm waits for. */
  read<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]>
  close(): Promise<void>
}

const CONNECT_TIMEOUT_MS = 5_000
/** A statement that takes longer is cut by the server, so that a stuck one cannot hold its row locks. */
const STATEMENT_TIMEOUT_MS = 10_000

/**
 * Opens the pools; connects at first use.
 *
 * `pgbouncer=true` in the URL says that a transaction pooler stands before the database (Supabase writes it so): statements
 * then go unnamed and no session setting is sent.
 */
export async function openDatabase(
  databaseUrl: string,
  log: Log,
  sizes: PoolSizes = POOL_SIZES,
): Promise<Database> {
  const { config, pooled, warning } = await prepareConnections(databaseUrl)
  if (warning !== null) log.warn({}, warning)
  const settings = ['idle_in_transaction_session_timeout=15000', `statement_timeout=${STATEMENT_TIMEOUT_MS}`]
  // One plan for every batch size: planning the claim anew costs more than running it. A table that was empty when the plan
  // was made would be scanned for ever after, hence no sequential scans.
  const hotSettings = [...settings, 'plan_cache_mode=force_generic_plan', 'enable_seqscan=off', 'jit=off']
  const base = {
    ...config,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: STATEMENT_TIMEOUT_MS + 2_000,
    keepAlive: true,
    application_name: 'zapfleet',
  }
  const options = (list: string[]): { options?: string } =>
    pooled ? {} : { options: list.map((setting) => `-c ${setting}`).join(' ') }

  const hot = new pg.Pool({ ...base, ...options(hotSettings), max: sizes.claims })
  const registry = new pg.Pool({ ...base, ...options(settings), max: sizes.registry })
  for (const pool of [hot, registry]) {
    // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
    pool.on('error', (error) => log.debug({ error: error.message }, 'an idle database connection broke'))
    // The pool stops listening to a connection that it closes, and the server may break it in that very moment.
    pool.on('connect', (client) => client.on('error', () => {}))
  }
  const line = openLine({ ...base, ...options(hotSettings) }, log)
  const prisma = new PrismaClient({ adapter: new PrismaPg(registry, { disposeExternalPool: false }) })

  const runOn =
    (pool: pg.Pool) =>
    async <Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> => {
      const named = pooled ? { text: statement.text, values } : { ...statement, values }
      return (await pool.query<Row>(named)).rows
    }
  const run = runOn(hot)

  return {
    prisma,
    run,
    // Behind a transaction pooler a connection of one's own is nobody's, so nothing is gained by a line.
    runInLine: pooled ? run : line.run,
    read: runOn(registry),
    async close() {
      await prisma.$disconnect()
      await Promise.all([line.close(), hot.end(), registry.end()])
    },
  }
}
