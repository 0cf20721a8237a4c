import { type Statement, statement } from '../ground/statement.ts'

/** Removes messages $1, of any state. A process that sends one of them finds no row, and sends nothing again. */
export const removeMessages: Statement = statement(
  'remove_messages',
  `with locked as materialized (select m.id from zapfleet.messages m where m.id = any($1::uuid[]) order by m.id for update of m),
removed as (delete from zapfleet.messages m using locked where m.id = locked.id returning 1)
select count(*)::int removed from removed`,
)

/** Removes what streams and webhooks would still report of messages $1. It reads the whole table, some days of changes. */
export const removeChanges: Statement = statement(
  'remove_message_changes',
  'delete from zapfleet.message_changes c where c.message_id = any($1::uuid[])',
)

/** The lanes of contacts $1 that have no message left, with their versions. */
export const readEmptyLanes: Statement = statement(
  'read_empty_lanes',
  `select l.contact_id, l.version from zapfleet.message_lanes l where l.contact_id = any($1::text[])
  and not exists (select 1 from zapfleet.messages m where m.contact_id = l.contact_id and m.state in ('queued', 'sending'))`,
)

/** Removes the lanes of contacts $1 that still have the versions $2: a message that was added meanwhile raises the version. */
export const removeLanes: Statement = statement(
  'remove_lanes',
  `with locked as materialized (
  select l.contact_id from zapfleet.message_lanes l join unnest($1::text[], $2::int[]) g(contact_id, version) on l.contact_id = g.contact_id and l.version = g.version
  order by l.contact_id for update of l)
delete from zapfleet.message_lanes l using locked where l.contact_id = locked.contact_id`,
)

/** Clears of messages of others $1 the idempotency key, of $2 the error. */
export const clearMessages: Statement = statement(
  'clear_messages',
  `with locked as materialized (select m.id from zapfleet.messages m where m.id = any($1::uuid[] || $2::uuid[]) order by m.id for update of m)
update zapfleet.messages m set idempotency_key = case when m.id = any($1::uuid[]) then null else m.idempotency_key end,
  error = case when m.id = any($2::uuid[]) then null else m.error end
from locked where m.id = locked.id`,
)
