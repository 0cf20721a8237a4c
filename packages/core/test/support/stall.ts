import pg from 'pg'
import { expect, vi } from 'vitest'
import type { Sql } from './fleet.ts'

/** Holds row locks like a program that does not commit: what `query` locks stays locked until `go`. */
export async function stall(
  url: string,
  query: string,
  values: unknown[] = [],
): Promise<{ go(): Promise<void> }> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('begin')
  await client.query(query, values)
  return {
    async go() {
      await client.query('commit')
      await client.end()
    },
  }
}

/** Waits until so many statements on this database wait for a lock. */
export async function untilStalled(sql: Sql, statements = 1): Promise<void> {
  await vi.waitFor(
    async () => {
      const [row] = await sql(
        `select count(*)::int n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      expect(row?.n).toBeGreaterThanOrEqual(statements)
    },
    { timeout: 60_000, interval: 10 },
  )
}
