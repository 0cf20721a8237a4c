import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'

/**
 * A dump that is restored into another cluster brings numbers of transactions that the new one has not reached. Such rows would become
 * readable late or never, and such positions would hide what is new, so both get the number of this transaction; `seq` keeps their order.
 */
const renumberStatement = statement(
  'renumber_message_changes',
  `with own as materialized (
  select pg_snapshot_xmax(pg_current_snapshot())::text::bigint next_xid,
    exists (select from zapfleet.message_changes c where c.xid > pg_snapshot_xmax(pg_current_snapshot())::text::bigint)
      or exists (select from zapfleet.webhook_endpoints e where e.change_xid > pg_snapshot_xmax(pg_current_snapshot())::text::bigint) is_needed),
taken as materialized (select own.next_xid, pg_current_xact_id()::text::bigint xid from own where own.is_needed),
changes as (
  update zapfleet.message_changes c set xid = taken.xid from taken where c.xid > taken.next_xid returning 1),
positions as (
  update zapfleet.webhook_endpoints e set change_xid = taken.xid from taken where e.change_xid > taken.next_xid returning 1)
select (select count(*)::int from changes) changes, (select count(*)::int from positions) positions`,
)

/**
 * Gives changes and positions of a former cluster a number of this one. It changes nothing where the database was not moved.
 *
 * @returns how many rows were changed
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function renumberChanges({
  sql,
}: Pick<Ground, 'sql'>): Promise<{ changes: number; positions: number }> {
  const [row] = await sql.run<{ changes: number; positions: number }>(renumberStatement, [])
  return row ?? { changes: 0, positions: 0 }
}
