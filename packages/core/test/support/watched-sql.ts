import { DatabaseError } from '../../src/ground/database-error.ts'
import type { Database } from '../../src/ground/open-database.ts'

/** A database whose queries are counted, and which can be down. */
export type WatchedSql = Pick<Database, 'run'> & { queries: number; isAway: boolean; reset(): void }

/** Passes queries on to `sql`; while `isAway` they fail as without a server. */
export function watchedSql(sql: Pick<Database, 'run'>): WatchedSql {
  return {
    queries: 0,
    isAway: false,
    run(statement, values) {
      this.queries++
      if (this.isAway)
        return Promise.reject(
          new DatabaseError(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })),
        )
      return sql.run(statement, values)
    },
    reset() {
      this.queries = 0
      this.isAway = false
    },
  }
}
