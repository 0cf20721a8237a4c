import pg from 'pg'
import { withArrayTexts } from './array-text.ts'
import { toFleetError } from './database-error.ts'
import { flushStatement } from './flush.ts'
import type { PrismaClient } from './generated/client.ts'
import type { Log } from './log.ts'
import { openPipelinedConnection } from './open-pipelined-connection.ts'
import { openPrisma } from './open-prisma.ts'
import { POOL_SIZES, type PoolSizes } from './pool-sizes.ts'
import { prepareConnections } from './prepare-connections.ts'
import { createReadTogether, type ReadTogether } from './read-together.ts'
import type { Statement } from './statement.ts'
import { CLAIMS_NAME, claimersAlways, watchClaimers } from './watch-claimers.ts'

/**
 * PostgreSQL through three entries. `runClaim` and `runCount` use hot connections, where each microsecond delays the calls
 * behind it: only `reservation/` and what it is made of use them. Everything else is the registry: `run` for SQL and `prisma`.
 *
 * Every call throws a DatabaseError, which is a FleetError DATABASE_UNAVAILABLE where the database cannot serve now.
 */
export type Database = {
  /**
   * Runs one autocommit statement on the pipelined connection: it is sent without waiting for the result of the one before, so
   * the next one has arrived when the server is done. They run in the order of the calls; one that fails fails alone. While others
   * claim, its locks are free before its commit is on the disk; in any case it is there when this returns. The statement has one parameter more than `values`: that of `commitsBy`.
   */
  runClaim<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]>
  /** Whether another process claims too. Claims then free their locks before they are on the disk. */
  othersClaim(): boolean
  /** Runs one autocommit statement on the hot pool: short, found by an index. */
  runCount<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]>
  /**
   * Returns when everything that was read before on any connection is on the disk. A claim of another process may be seen earlier: an
   * answer that promises it calls this first.
   */
  flush(): Promise<void>
  /** Runs one autocommit statement on the registry pool: no claim, release or confirm waits for it, however large its result. */
  run<Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]>
  /** The same for what is read at the same moment, in one statement. */
  readonly readTogether: ReadTogether
  /** Prisma's client on the registry pool. */
  readonly prisma: PrismaClient
  close(): Promise<void>
}

/** When claims commit early: while another process claims too, or always, for tests. */
export type EarlyCommits = 'while others claim' | 'always'

const CONNECT_TIMEOUT_MS = 5_000
/** The server cancels a statement that takes longer, so that a stuck one cannot hold its row locks. */
const STATEMENT_TIMEOUT_MS = 10_000
/** The server ends a statement before; without any answer by then, the connection is broken. */
const ANSWER_WITHIN_MS = STATEMENT_TIMEOUT_MS + 2_000

/**
 * Opens the pools; connects at first use.
 *
 * `pgbouncer=true` in the URL names a transaction pooler in front of the database (Supabase writes it so): statements are
 * then sent without names and no session setting is sent.
 *
 * @throws FleetError INVALID_STATE when the URL cannot be used; what the driver throws where TLS has to be tried first
 */
export async function openDatabase(
  databaseUrl: string,
  log: Log,
  sizes: PoolSizes = POOL_SIZES,
  earlyCommits: EarlyCommits = 'while others claim',
): Promise<Database> {
  const { config, pooled, warning } = await prepareConnections(databaseUrl)
  if (warning !== null) log.warn({}, warning)
  // No statement here runs long enough for a compiled plan to pay.
  const settings = [
    'idle_in_transaction_session_timeout=15000',
    `statement_timeout=${STATEMENT_TIMEOUT_MS}`,
    'jit=off',
  ]
  // One plan for every batch size: planning the claim anew costs more than running it. A table that was empty when the plan
  // was made would be scanned from then on, hence no sequential scans.
  const hotSettings = [...settings, 'plan_cache_mode=force_generic_plan', 'enable_seqscan=off']
  const base = {
    ...config,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: 'zapfleet',
  }
  const options = (list: string[]): { options?: string } =>
    pooled ? {} : { options: list.map((setting) => `-c ${setting}`).join(' ') }

  const inTime = { ...base, query_timeout: ANSWER_WITHIN_MS }
  const hot = new pg.Pool({ ...inTime, ...options(hotSettings), max: sizes.claims })
  const registry = new pg.Pool({ ...inTime, ...options(settings), max: sizes.registry })
  for (const pool of [hot, registry]) {
    // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
    pool.on('error', (error) => log.debug({ error: error.message }, 'an idle database connection broke'))
    // The pool removes its listener from a connection that it closes, and the server may break it in that very moment.
    pool.on('connect', (client) => client.on('error', () => {}))
  }
  const pipelined = openPipelinedConnection(
    { ...base, ...options(hotSettings), application_name: CLAIMS_NAME },
    ANSWER_WITHIN_MS,
    log,
  )
  const prisma = openPrisma(registry)

  const runOn =
    (pool: pg.Pool) =>
    async <Row extends pg.QueryResultRow>(statement: Statement, values: unknown[]): Promise<Row[]> => {
      const texts = withArrayTexts(values)
      const named = pooled ? { text: statement.text, values: texts } : { ...statement, values: texts }
      try {
        return (await pool.query<Row>(named)).rows
      } catch (error) {
        throw toFleetError(error)
      }
    }
  const runCount = runOn(hot)
  const run = runOn(registry)
  const claimers = earlyCommits === 'always' ? claimersAlways : watchClaimers(runCount, pipelined.pid)

  return {
    // A transaction pooler gives each statement another server connection, so a pipeline gains nothing.
    runClaim(statement, values) {
      if (pooled) return runCount(statement, [...values, null])
      claimers.onClaim()
      return pipelined.run(statement, values, claimers.othersClaim())
    },
    othersClaim: claimers.othersClaim,
    runCount,
    async flush() {
      await runCount(flushStatement, []).catch((error) => {
        // Where the server refuses the record, no process commits early.
        if (error.isUnavailable) throw error
      })
    },
    run,
    readTogether: createReadTogether(run),
    prisma,
    async close() {
      await prisma.$disconnect()
      await Promise.all([pipelined.close(), hot.end(), registry.end()])
    },
  }
}
