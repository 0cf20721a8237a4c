import type { Ground } from '../ground/ground.ts'
import { statement } from '../ground/statement.ts'
import type { ChangePosition } from './change-cursor.ts'

/** A change of a message, or of the outcome of a reservation. */
export type Change = {
  position: ChangePosition
  kind: 'message' | 'outcome'
  messageId: string | null
  reservationId: string | null
  at: Date
}

/**
 * SQL over the row `c`: every transaction up to its own has ended. Rows become visible in any order; below this horizon no row appears
 * later. A transaction that stays open anywhere in the cluster and has written holds the horizon back.
 */
export const IS_COMMITTED = `c.xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint`

/** Where a reader begins that wants no past: before each transaction that has not ended. */
const presentStatement = statement(
  'message_changes_present',
  'select pg_snapshot_xmin(s)::text xid, pg_snapshot_xmax(s)::text next_xid from pg_current_snapshot() s',
)

const afterStatement = statement(
  'message_changes_after',
  `select c.xid, c.seq, c.kind, c.message_id, c.reservation_id, c.at from zapfleet.message_changes c
where (c.xid, c.seq) > ($1::bigint, $2::bigint) and ${IS_COMMITTED} order by c.xid, c.seq limit $3`,
)

/** The changes after a position, oldest first. @throws FleetError DATABASE_UNAVAILABLE */
export async function readChangesAfter(
  { sql }: Pick<Ground, 'sql'>,
  { xid, seq }: ChangePosition,
  limit: number,
): Promise<Change[]> {
  const rows = await sql.run<{
    xid: string
    seq: string
    kind: 'message' | 'outcome'
    message_id: string | null
    reservation_id: string | null
    at: Date
  }>(afterStatement, [xid, seq, limit])
  return rows.map((row) => ({
    position: { xid: BigInt(row.xid), seq: BigInt(row.seq) },
    kind: row.kind,
    messageId: row.message_id,
    reservationId: row.reservation_id,
    at: row.at,
  }))
}

/**
 * The position before everything that a reader can see later. `nextXid`: no transaction of this cluster had this number yet.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function readPresentPosition({
  sql,
}: Pick<Ground, 'sql'>): Promise<{ position: ChangePosition; nextXid: bigint }> {
  const [row] = await sql.run<{ xid: string; next_xid: string }>(presentStatement, [])
  if (!row) throw new Error('the statement that reads the present position returned no row')
  return { position: { xid: BigInt(row.xid), seq: 0n }, nextXid: BigInt(row.next_xid) }
}
