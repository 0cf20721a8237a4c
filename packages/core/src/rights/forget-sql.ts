import type { ClientIds } from '../ground/client-ids.ts'
import { INSTANT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'

/** When the oldest idempotency key was stored; null: there is none. Reads the table, which holds about a day. */
export const oldestKeyStatement: Statement = statement(
  'oldest_idempotency_key',
  'select min(k.reserved_at) oldest from zapfleet.idempotency_keys k',
)

/** Removes the idempotency keys of the reservations $1. Reads the table. Locks by key, as every statement that removes keys does. */
export const clearKeys: Statement = statement(
  'clear_idempotency_keys',
  `with locked as materialized (
  select k.key from zapfleet.idempotency_keys k where k.reservation_id = any($1::uuid[]) order by k.key for update of k)
delete from zapfleet.idempotency_keys k using locked where k.key = locked.key`,
)

/**
 * Clears reservations: of the person $1 the contact, and the idempotency key that an earlier release stored with its hash, of $2 that key, of $3 the error. The rows stay, so that
 * counters and outcomes do, and a reservation can still be completed. Locks by id, as confirm and release do.
 */
export const clearReservations: Statement = statement(
  'clear_reservations',
  `with locked as materialized (
  select r.id from zapfleet.reservations r where r.id = any($1::uuid[] || $2::uuid[] || $3::uuid[]) order by r.id for no key update of r),
cleared as (
  update zapfleet.reservations r set
    contact_id = case when r.id = any($1::uuid[]) then null else r.contact_id end,
    contact_as = case when r.id = any($1::uuid[]) then null else r.contact_as end,
    input_hash = case when r.id = any($1::uuid[]) then null else r.input_hash end,
    idempotency_key = case when r.id = any($1::uuid[] || $2::uuid[]) then null else r.idempotency_key end,
    outcome_error = case when r.id = any($3::uuid[]) then null else r.outcome_error end
  from locked where r.id = locked.id returning 1)
select count(*)::int cleared from cleared`,
)

/** Clears what names the target of the entries $1 of the audit. */
export const clearAudit: Statement = statement(
  'clear_audit',
  `with cleared as (
  update zapfleet.audit a set target = null, before = null, after = null where a.id = any($1::bigint[]) returning 1)
select count(*)::int cleared from cleared`,
)

/** Clears the errors of waiting outcomes that match $1 or are like $2. */
export const clearWaiting: Statement = statement(
  'clear_unmatched_outcomes',
  `update zapfleet.unmatched_outcomes u set outcome_error = null where u.outcome_error ~ $1::text or u.outcome_error like any($2::text[])`,
)

/** Clears the cursor of the walk over conversations where it holds one of the ids $1, or matches $2: the walk begins again. */
export const clearCursor: Statement = statement(
  'clear_conversations_cursor',
  `update zapfleet.prune_cursors p set after = null
where p.name = 'conversations' and (p.after::json ->> 0 = any($1::text[]) or p.after::json ->> 0 ~ $2::text)`,
)

/** $1 moment, then as the function has them. */
export const forgetStatement = ({ kind, sqlType }: ClientIds): Statement =>
  statement(
    `forget_contact_${kind}`,
    `with ${INSTANT}
select zapfleet.forget_contact($2::text, $3::text, $4::text, $5::text[], $6::text[], $7::${sqlType}[], moment.at)::text txid from moment`,
  )

/** Whether every transaction that began before the transaction $1 has ended. */
export const isOverStatement: Statement = statement(
  'earlier_transactions_over',
  'select txid_snapshot_xmin(txid_current_snapshot()) > $1::bigint is_over',
)
