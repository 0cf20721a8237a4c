import type { Ground } from '../ground/ground.ts'
import { INSTANT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { IS_COMMITTED } from '../message/read-changes.ts'
import type { Position } from './position.ts'

/** The new position from three parameters. It only moves forward, also when two leaders overlap. */
const moved = (event: string, xid: string, seq: string): string =>
  `event_id = greatest(e.event_id, ${event}::bigint),
  change_xid = case when (${xid}::bigint, ${seq}::bigint) > (e.change_xid, e.change_seq) then ${xid}::bigint else e.change_xid end,
  change_seq = case when (${xid}::bigint, ${seq}::bigint) > (e.change_xid, e.change_seq) then ${seq}::bigint else e.change_seq end`

/** $2 id, $3 to $5 the position. */
const acceptedStatement = statement(
  'webhook_accepted',
  `with ${INSTANT}
update zapfleet.webhook_endpoints e set ${moved('$3', '$4', '$5')}, last_delivery_at = moment.at, last_delivery_ok = true, last_delivery_error = null,
  failures = 0, failing_since = null, retry_at = null, skipped = 0
from moment where e.id = $2::uuid and e.disabled_at is null returning e.id`,
)

/** $1 id, $2 to $4 the position. */
const passedStatement = statement(
  'webhook_passed',
  `update zapfleet.webhook_endpoints e set ${moved('$2', '$3', '$4')}
where e.id = $1::uuid and e.disabled_at is null returning e.id`,
)

/** $2 id, $3 error, $4 milliseconds until the next attempt, $5 milliseconds of failures after which events are skipped. */
const failedStatement = statement(
  'webhook_failed',
  `with ${INSTANT}
update zapfleet.webhook_endpoints e set last_delivery_at = moment.at, last_delivery_ok = false, last_delivery_error = $3::text,
  failures = e.failures + 1, failing_since = coalesce(e.failing_since, moment.at), retry_at = moment.at + $4::float8 * interval '1 millisecond'
from moment where e.id = $2::uuid
returning coalesce(e.failing_since, moment.at) <= moment.at - $5::float8 * interval '1 millisecond' gives_up`,
)

/** Moves behind what is older than $3 milliseconds and counts what was wanted of it. $2 id. */
const skipStatement = statement(
  'webhook_skip',
  `with ${INSTANT},
e as materialized (select e.* from zapfleet.webhook_endpoints e where e.id = $2::uuid),
old_events as materialized (
  select v.id from zapfleet.events v, e, moment
  where 'instance' = any(e.events) and v.id > e.event_id and v.at <= moment.at - $3::float8 * interval '1 millisecond'),
old_changes as materialized (
  select c.xid, c.seq, c.kind = any(e.events) wanted from zapfleet.message_changes c, e, moment
  where e.events && '{message,outcome}' and (c.xid, c.seq) > (e.change_xid, e.change_seq)
    and ${IS_COMMITTED} and c.at <= moment.at - $3::float8 * interval '1 millisecond'),
n as materialized (
  select (select count(*) from old_events) + (select count(*) from old_changes where wanted) n,
    (select max(id) from old_events) event_id, last.xid, last.seq
  from (select) nothing left join (select xid, seq from old_changes order by xid desc, seq desc limit 1) last on true)
update zapfleet.webhook_endpoints w set skipped = w.skipped + n.n::int, event_id = greatest(w.event_id, n.event_id),
  change_xid = coalesce(n.xid, w.change_xid), change_seq = coalesce(n.seq, w.change_seq)
from n where w.id = $2::uuid returning n.n::int skipped`,
)

const disabledStatement = statement(
  'webhook_disabled',
  `with ${INSTANT}
update zapfleet.webhook_endpoints e set last_delivery_at = moment.at, last_delivery_ok = false, last_delivery_error = $3::text, disabled_at = moment.at
from moment where e.id = $2::uuid`,
)

type Store = Pick<Ground, 'sql' | 'clock'>

/** Stores that the receiver accepted everything up to a position. Returns false when the endpoint is deleted or disabled. */
export async function storeAccepted({ sql, clock }: Store, id: string, at: Position): Promise<boolean> {
  const values = [clock(), id, at.eventId, at.change.xid, at.change.seq]
  return (await sql.run(acceptedStatement, values)).length > 0
}

/** Stores a position up to which nothing had to be posted. Returns false when the endpoint is deleted or disabled. */
export async function storePassed({ sql }: Store, id: string, at: Position): Promise<boolean> {
  return (await sql.run(passedStatement, [id, at.eventId, at.change.xid, at.change.seq])).length > 0
}

/** Stores a failed attempt. Returns whether failures lasted so long that old events are to be skipped. */
export async function storeFailed(
  { sql, clock }: Store,
  id: string,
  { error, waitMs, giveUpMs }: { error: string; waitMs: number; giveUpMs: number },
): Promise<boolean> {
  const [row] = await sql.run<{ gives_up: boolean }>(failedStatement, [clock(), id, error, waitMs, giveUpMs])
  return row?.gives_up ?? false
}

/** Skips what is older than `giveUpMs`. Returns how many events that were wanted. */
export async function storeSkipped({ sql, clock }: Store, id: string, giveUpMs: number): Promise<number> {
  const [row] = await sql.run<{ skipped: number }>(skipStatement, [clock(), id, giveUpMs])
  return row?.skipped ?? 0
}

/** Stores that the receiver wants nothing more. */
export async function storeDisabled({ sql, clock }: Store, id: string, error: string): Promise<void> {
  await sql.run(disabledStatement, [clock(), id, error])
}
