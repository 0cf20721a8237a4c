import { expect, test } from 'vitest'
import { countStatements } from '../src/statement-log.ts'

test('the statements of one database are counted by their source, the most frequent first', () => {
  const log = `bench_7 LOG:  execute zapfleet_hold_lease_a8ea7ce17411: with moment as materialized (
\tselect 1)
bench_7 DETAIL:  Parameters: $1 = 'execute zapfleet_hold_lease_a8ea7ce17411: with'
bench_8 LOG:  execute zapfleet_hold_lease_a8ea7ce17411: with moment
bench_7 LOG:  execute <unnamed>: SELECT "zapfleet"."servers"."name" FROM "zapfleet"."servers" WHERE 1=1
bench_7 LOG:  execute <unnamed>: UPDATE "zapfleet"."job_runs" SET "took_ms" = $1
bench_7 LOG:  statement: BEGIN
bench_7 LOG:  execute <unnamed>: SELECT "zapfleet"."servers"."name" FROM "zapfleet"."servers" WHERE 1=1
 LOG:  checkpoint starting: time
`
  expect([...countStatements(log, 'bench_7')]).toEqual([
    ['select servers', 2],
    ['hold_lease', 1],
    ['update job_runs', 1],
    ['begin', 1],
  ])
})
