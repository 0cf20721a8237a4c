import type { Evolution } from '@zapfleet/evolution'
import { openEventFeed } from '../events/open-event-feed.ts'
import { endBehind } from '../ground/background.ts'
import { clientIds } from '../ground/client-ids.ts'
import { isDatabaseUnavailable, isMissingTable, unreachable } from '../ground/database-error.ts'
import { FleetError } from '../ground/fleet-error.ts'
import type { Log } from '../ground/log.ts'
import { assertSameTimeZone } from '../ground/migrate.ts'
import { type Database, openDatabase } from '../ground/open-database.ts'
import type { PoolSizes } from '../ground/pool-sizes.ts'
import { statement } from '../ground/statement.ts'
import { openKnownKeys } from '../key/open-known-keys.ts'
import { createSettler } from '../reservation/completer.ts'
import { createEngine } from '../reservation/engine.ts'
import { type FleetWatch, noWatch } from '../reservation/fleet-watch.ts'
import { openKnownSessions } from '../session/open-known-sessions.ts'
import type { Fleet } from './fleet.ts'

export type FleetConfig = {
  databaseUrl: string
  /** Where the database is heard (LISTEN); default `databaseUrl`. With a transaction pooler there, events are polled for. */
  directUrl?: string | undefined
  /** Where Evolution reaches this API; null or absent: no webhook is registered. */
  publicUrl?: string | null | undefined
  timeZone: string
  /** The country of phone numbers that are written without a country code, ISO 3166; default BR. */
  defaultCountry?: string | undefined
  /** Connections of the two pools; default 4 and 8. */
  poolSizes?: PoolSizes | undefined
  evolution: Evolution
  log: Log
  /** Who wants to know what goes through the heart; default: nobody. */
  watch?: FleetWatch | undefined
  /** Hands in the moment; for tests. Without it, or when it answers null, the database's clock is the clock. */
  clock?: (() => Date | null) | undefined
  /** Asks that may wait in this process before OVERLOADED; default 10,000. */
  maxWaiting?: number | undefined
}

const lookAroundSql = statement(
  'look_around',
  `select (select value from zapfleet.settings where key = 'time_zone') time_zone,
    (select format_type(a.atttypid, null) from pg_attribute a where a.attrelid = 'public.clientes'::regclass and a.attname = 'id') id_type`,
)

/**
 * Opens a migrated database as a fleet.
 *
 * @throws FleetError DATABASE_UNAVAILABLE, or INVALID_STATE when the database is not migrated or belongs to a fleet with
 * another time zone
 */
export async function openFleet(config: FleetConfig): Promise<Fleet> {
  const { timeZone, evolution, log } = config
  const clock = config.clock ?? (() => null)
  const watch = config.watch ?? noWatch
  const sql = await openDatabase(config.databaseUrl, log, config.poolSizes).catch((error) => {
    throw openingError(error)
  })
  try {
    const found = await lookAround(sql)
    assertSameTimeZone(found.time_zone, timeZone)
    const clients = clientIds(found.id_type)
    if (!clients)
      log.warn(
        { type: found.id_type },
        'clientes.id has a type that zapfleet cannot look up; every contact lives in zapfleet.contacts',
      )
    const engine = createEngine({
      sql,
      ids: clients,
      timeZone,
      clock,
      log,
      onBatch: watch.batch,
      release: (ids) => Promise.all(ids.map((id) => releases.settle(id, null))),
      maxWaiting: config.maxWaiting,
    })
    const releases = createSettler(sql, timeZone, clock, engine.snapshot.pool, 'released')
    const confirms = createSettler(sql, timeZone, clock, engine.snapshot.pool, 'confirmed')
    const directUrl = hearableUrl(config.directUrl ?? config.databaseUrl)
    const events = openEventFeed({ sql, timeZone, clock, log, directUrl })
    const keys = openKnownKeys({ sql, clock, log })
    const sessions = openKnownSessions({ sql, clock, log })
    const publicUrl = config.publicUrl?.replace(/\/+$/, '') ?? null
    return {
      sql,
      clients,
      evolution,
      timeZone,
      defaultCountry: config.defaultCountry ?? 'BR',
      clock,
      log,
      watch,
      engine,
      releases,
      confirms,
      events,
      keys,
      sessions,
      publicUrl,
    }
  } catch (error) {
    await sql.close()
    throw error
  }
}

async function lookAround(sql: Database): Promise<{ time_zone: string | undefined; id_type: string }> {
  try {
    const [found] = await sql.run<{ time_zone: string; id_type: string }>(lookAroundSql, [])
    return { time_zone: found?.time_zone, id_type: found?.id_type ?? '' }
  } catch (error) {
    throw openingError(error)
  }
}

/** All but a database of another time zone may pass: the cause is kept, by which the scheduler waits. */
function openingError(error: unknown): FleetError {
  if (error instanceof FleetError) return error
  if (isMissingTable(error))
    return new FleetError('INVALID_STATE', 'The database is not migrated yet.', { cause: error })
  const code = isDatabaseUnavailable(error) ? 'DATABASE_UNAVAILABLE' : 'INVALID_STATE'
  return new FleetError(code, unreachable(error, 'DATABASE_URL'), { cause: error })
}

/** The URL, or null when it says itself (`pgbouncer=true`) that a transaction pooler answers there, which delivers no notification. */
function hearableUrl(url: string): string | null {
  return new URL(url).searchParams.get('pgbouncer') === 'true' ? null : url
}

const closing = new WeakMap<Fleet['sql'], Promise<void>>()

/** Ends what is under way, then the connections. From the call on, new asks are refused; calling again waits for the same. */
export function closeFleet(fleet: Fleet): Promise<void> {
  const closed = closing.get(fleet.sql) ?? close(fleet)
  closing.set(fleet.sql, closed)
  return closed
}

async function close(fleet: Fleet): Promise<void> {
  await Promise.all([
    endBehind(fleet),
    fleet.engine.stop(),
    fleet.events.close(),
    fleet.keys.close(),
    fleet.sessions.close(),
  ])
  await Promise.all([fleet.releases.stop(), fleet.confirms.stop()])
  await fleet.sql.close()
}
