import { createHash, randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { unreachable } from './database-error.ts'
import { FleetError } from './fleet-error.ts'
import { compareMigrations, type Migration, type RecordedMigration } from './migration.ts'
import { prepareConnections } from './prepare-connections.ts'

/** Prisma's own lock number, so that `prisma migrate deploy` elsewhere and this never run at once. */
const PRISMA_LOCK = 72707369
const CONNECT_TIMEOUT_MS = 10_000
const MIGRATIONS = join(import.meta.dirname, '..', '..', '..', '..', 'prisma', 'migrations')

/** Reads the migrations that a database records. */
export const RECORDED_MIGRATIONS =
  'select migration_name, checksum, finished_at from public._prisma_migrations where rolled_back_at is null'

export type MigrateOptions = {
  /** A direct connection, not a transaction pooler. */
  url: string
  /** Where the fleet's midnight is; stored at the first run, and every later run must name the same one. */
  timeZone: string
  log?: ((line: string) => void) | undefined
  /** Receives the warning about a server on another host without TLS. */
  warn?: ((line: string) => void) | undefined
}

/**
 * Applies the SQL of `prisma/migrations` that the database does not have, in one transaction, and records it as Prisma
 * does. Two at once are safe: one waits. Adopts a database that already holds the two tables of the fleet.
 *
 * @throws FleetError INVALID_STATE when the database cannot be adopted, holds a failed or edited migration, or belongs to
 * a fleet with another time zone; DATABASE_UNAVAILABLE when it cannot be reached
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const client = await connect(options)
  try {
    await client.query('begin')
    // A table that is in use is waited for, but a queue of the application behind us would not be fair.
    await client.query("set local lock_timeout = '30s'")
    await client.query('select pg_advisory_xact_lock($1)', [PRISMA_LOCK])
    const applied = await applyPending(client, options)
    await storeTimeZone(client, options.timeZone)
    await client.query('commit')
    return { applied }
  } catch (error) {
    await client.query('rollback').catch(() => {})
    if (error instanceof FleetError) throw error
    const message = (error as Error).message
    throw new FleetError(
      'INVALID_STATE',
      `The database could not be migrated, and nothing was changed: ${message}`,
      { cause: error },
    )
  } finally {
    await client.end().catch(() => {})
  }
}

async function connect({ url, warn }: MigrateOptions): Promise<pg.Client> {
  try {
    const { config, warning } = await prepareConnections(url, CONNECT_TIMEOUT_MS)
    if (warning !== null) warn?.(warning)
    const client = new pg.Client({
      ...config,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      application_name: 'zapfleet migrate',
    })
    client.on('error', () => {})
    await client.connect()
    return client
  } catch (cause) {
    if (cause instanceof FleetError) throw cause
    throw new FleetError('DATABASE_UNAVAILABLE', unreachable(cause, 'DATABASE_URL and DIRECT_URL'), { cause })
  }
}

/** The migrations of this release, in their order. */
export async function readMigrations(): Promise<Migration[]> {
  return Promise.all(
    (await migrationNames()).map(async (name) => {
      const sql = await readFile(join(MIGRATIONS, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/** The names of the migrations in this release, in their order. */
export async function migrationNames(): Promise<string[]> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

async function applyPending(client: pg.Client, options: MigrateOptions): Promise<string[]> {
  await client.query(`create table if not exists public._prisma_migrations (
    id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
    logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`)
  const { rows } = await client.query<RecordedMigration>(RECORDED_MIGRATIONS)
  const migrations = await readMigrations()
  const { missing, failed, edited } = compareMigrations(migrations, rows)
  if (failed.length > 0)
    throw new FleetError(
      'INVALID_STATE',
      `Migration ${failed.join(', ')} failed half-way in an earlier run. Mend the database, then mark it with "prisma migrate resolve".`,
    )
  if (edited.length > 0)
    throw new FleetError(
      'INVALID_STATE',
      `Migration ${edited.join(', ')} was edited after it was applied to this database. Restore the file of the release that applied it.`,
    )
  const definer = missing.length > 0 && (await countsAsDefiner(client))
  const applied: string[] = []
  for (const { name, sql, checksum } of migrations) {
    if (!missing.includes(name)) continue
    await client.query(sql)
    await client.query(
      `insert into public._prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count) values ($1, $2, clock_timestamp(), $3, 1)`,
      [randomUUID(), checksum, name],
    )
    options.log?.(`migration ${name} applied`)
    applied.push(name)
  }
  // A replaced function runs as its caller again, and would refuse callers that may not touch the tables.
  if (definer)
    await client.query(`alter function ${COUNTING_FUNCTION} security definer set search_path = pg_catalog`)
  return applied
}

/** The function that programs of an adopted database count by. */
const COUNTING_FUNCTION = 'public.incrementar_contador_instancia(varchar)'

async function countsAsDefiner(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query(
    'select from pg_proc where oid = to_regprocedure($1) and prosecdef',
    [COUNTING_FUNCTION],
  )
  return rowCount === 1
}

/** Stores the time zone at the first start; a fleet with two midnights would count two days. */
async function storeTimeZone(client: pg.Client, timeZone: string): Promise<void> {
  const known = await client.query('select from pg_timezone_names where name = $1', [timeZone])
  if (known.rowCount === 0) {
    throw new FleetError(
      'INVALID_STATE',
      `FLEET_TIMEZONE is ${timeZone}; PostgreSQL has no such time zone. Use an IANA name such as America/Sao_Paulo.`,
    )
  }
  await client.query(
    `insert into zapfleet.settings (key, value) values ('time_zone', $1) on conflict do nothing`,
    [timeZone],
  )
  const { rows } = await client.query<{ value: string }>(
    `select value from zapfleet.settings where key = 'time_zone'`,
  )
  assertSameTimeZone(rows[0]?.value, timeZone)
}

/** @throws FleetError INVALID_STATE when this process is configured with another time zone than the fleet's */
export function assertSameTimeZone(stored: string | undefined, configured: string): void {
  if (stored === configured) return
  throw new FleetError(
    'INVALID_STATE',
    `FLEET_TIMEZONE is ${configured}, but this database's fleet counts its days in ${stored ?? 'no time zone yet'}. Set FLEET_TIMEZONE=${stored ?? configured}; or, with every process stopped, change the fleet: update zapfleet.settings set value = '${configured}' where key = 'time_zone'.`,
  )
}
