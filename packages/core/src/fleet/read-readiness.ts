import { asFleetError } from '../ground/database-error.ts'
import { migrationNames } from '../ground/migrate.ts'
import { hiddenTables } from '../ground/read-hidden-tables.ts'
import { statement } from '../ground/statement.ts'
import type { Fleet } from './fleet.ts'

/** Whether a process can serve, and why not, for whoever runs it. */
export type ReadinessAnswer = { ready: true } | { ready: false; reason: string }

/** Load balancers and orchestrators give up soon after, and take no answer for a no. */
const ANSWER_WITHIN_MS = 2_000

const lookAtDatabase = statement(
  'look_at_database',
  `select current_setting('transaction_read_only') = 'on' as read_only,
    (select coalesce(json_agg(migration_name), '[]') from public._prisma_migrations
      where finished_at is not null and rolled_back_at is null) as applied`,
)

/** The look that is under way: who asks again while the database hangs must not fill the pool with questions. */
const looks = new WeakMap<Fleet['sql'], Promise<ReadinessAnswer>>()

/**
 * Whether this process can serve: the database answers within `withinMs`, takes writes (one that was demoted does not: no
 * send could be counted), shows this role every row, and has every migration of this release. Never throws.
 */
export async function readiness(
  fleet: Fleet,
  { withinMs = ANSWER_WITHIN_MS }: { withinMs?: number } = {},
): Promise<ReadinessAnswer> {
  let underWay = looks.get(fleet.sql)
  if (!underWay) {
    underWay = look(fleet).finally(() => looks.delete(fleet.sql))
    looks.set(fleet.sql, underWay)
  }
  let limit: NodeJS.Timeout | undefined
  const late = new Promise<ReadinessAnswer>((resolve) => {
    const reason = `the database did not answer within ${withinMs} ms`
    limit = setTimeout(() => resolve({ ready: false, reason }), withinMs)
  })
  try {
    return await Promise.race([underWay, late])
  } finally {
    clearTimeout(limit)
  }
}

async function look(fleet: Fleet): Promise<ReadinessAnswer> {
  try {
    const [found] = await fleet.sql.run<{ read_only: boolean; applied: string[] }>(lookAtDatabase, [])
    const hidden = await hiddenTables(fleet.sql)
    if (hidden !== null) return { ready: false, reason: hidden }
    const missing = (await migrationNames()).filter((name) => !found?.applied.includes(name))
    if (missing.length > 0) return { ready: false, reason: `migrations are missing: ${missing.join(', ')}` }
    return found?.read_only ? { ready: false, reason: 'the database takes no writes' } : { ready: true }
  } catch (error) {
    const { code } = asFleetError(error)
    const away = code === 'DATABASE_UNAVAILABLE'
    return {
      ready: false,
      reason: away ? 'the database does not answer' : 'the database could not be read',
    }
  }
}
