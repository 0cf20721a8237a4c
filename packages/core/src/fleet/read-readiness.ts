import { FleetError } from '../ground/fleet-error.ts'
import { migrationNames } from '../ground/migrate.ts'
import { hiddenTables } from '../ground/read-hidden-tables.ts'
import { statement } from '../ground/statement.ts'
import { within } from '../ground/within.ts'
import type { Fleet } from './fleet.ts'
import type { Readiness } from './readiness.ts'

/** Load balancers and orchestrators give up soon after, and treat a missing answer as "not ready". */
const ANSWER_WITHIN_MS = 2_000

const readStatement = statement(
  'read_readiness',
  `select current_setting('transaction_read_only') = 'on' as read_only,
    (select coalesce(json_agg(migration_name), '[]') from public._prisma_migrations
      where finished_at is not null and rolled_back_at is null) as applied`,
)

/**
 * Whether this process can serve: the database answers within `withinMs`, takes writes (one that was demoted does not: no
 * send could be counted), shows this role every row, and has every migration of this release. Never throws. Calls share one
 * reading, so that they cannot fill the pool while the database hangs.
 */
export function readiness(
  fleet: Fleet,
  { withinMs = ANSWER_WITHIN_MS }: { withinMs?: number } = {},
): Promise<Readiness> {
  const reading = fleet.readiness.run(() => readReadiness(fleet))
  const reason = `the database did not answer within ${withinMs} ms`
  return within(withinMs, reading, () => ({ ready: false, reason }))
}

async function readReadiness(fleet: Fleet): Promise<Readiness> {
  try {
    const [found] = await fleet.sql.runCount<{ read_only: boolean; applied: string[] }>(readStatement, [])
    const hidden = await hiddenTables(fleet.sql)
    if (hidden !== null) return { ready: false, reason: hidden }
    const missing = (await migrationNames()).filter((name) => !found?.applied.includes(name))
    if (missing.length > 0) return { ready: false, reason: `migrations are missing: ${missing.join(', ')}` }
    return found?.read_only ? { ready: false, reason: 'the database takes no writes' } : { ready: true }
  } catch (error) {
    const away = error instanceof FleetError && error.code === 'DATABASE_UNAVAILABLE'
    return {
      ready: false,
      reason: away ? 'the database does not answer' : 'the database could not be read',
    }
  }
}
