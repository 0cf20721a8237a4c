import pg from 'pg'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import { type Arena, onConnection } from '../arena.ts'
import { CALLERS, type Contestant } from '../contestants/contestant.ts'
import type { ContestantName } from '../goals.ts'
import { drive } from '../load/drive.ts'
import { FILLFACTOR } from '../population.ts'
import { countedSend, WINDOWS } from './limiter.ts'

const CONNECTIONS = 32

/**
 * rate-limiter-flexible on PostgreSQL: tables created before the run with room on each page, no in-memory block (nothing
 * fills).
 */
export async function openLimiterOnPostgres(
  arena: Arena,
  name: ContestantName,
  { numbers }: { numbers: number },
): Promise<Contestant> {
  const url = await arena.emptyDatabase()
  await onConnection(url, async (client) => {
    for (const table of ['hour', 'day']) {
      await client.query(
        `create table ${table} (key varchar(255) primary key, points integer not null default 0, expire bigint)
         with (fillfactor = ${FILLFACTOR})`,
      )
    }
  })
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS, query_timeout: 60_000 })
  arena.onClose(() => pool.end())
  const limiter = (window: keyof typeof WINDOWS): RateLimiterPostgres =>
    new RateLimiterPostgres({
      ...WINDOWS[window],
      storeClient: pool,
      storeType: 'pool',
      tableName: window,
      keyPrefix: window,
      tableCreated: true,
      clearExpiredByTimeout: false,
    })
  const call = countedSend({ hour: limiter('hour'), day: limiter('day') }, numbers)
  return {
    name,
    driven: `rate-limiter-flexible on PostgreSQL: hour and day limiter for each send, sent together, ${CONNECTIONS} connections, named statements, tableCreated, no in-memory block; ${numbers} numbers`,
    run: (times, signal) => drive(call, { ...times, callers: CALLERS, readUsage: arena.readUsage }, signal),
  }
}
