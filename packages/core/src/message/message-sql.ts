import { INSTANT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { MESSAGE_COLUMNS } from './message.ts'

/** How long a lane is held without a renewal. A sender that is killed is replaced after this time. */
const LEASE = `interval '20 seconds'`

/** A message that has not ended; the partial index has the same words. */
const UNFINISHED = `m.state in ('queued', 'sending')`

/** Lane `l` has no holder, or the lease of its holder is over. */
const IS_FREE = `(l.holder is null or l.retry_at <= (select at from moment))`

/** Rows of the stream of changes for the messages that `from` returned (id, state). */
const changes = (from: string): string =>
  `changes as (insert into zapfleet.message_changes (kind, message_id, state) select 'message', c.id, c.state from ${from} c)`

/**
 * Stores new messages, each in the lane of its contact, or of the contact that it is an alias of. $2 the messages as JSON, in the order in which they came, $3 the name of this
 * process. A message whose idempotency key is stored already is left out. The stream of changes has a message that goes at once from its first try on: one that is
 * refused is removed. A lane without a holder is held from here on for the first of its new messages, if
 * that is due.
 *
 * Returns for each stored message `token`, with which its lane is held, where it is held for this message; else null.
 *
 * A lane that another statement removes meanwhile is inserted again, since the insert waits for that statement and then tries anew.
 */
export const storeMessages: Statement = statement(
  'store_messages',
  `with ${INSTANT},
given as materialized (
  select g.*, greatest(g.send_at, moment.at) due_at, coalesce(g.send_at > moment.at, false) scheduled,
    coalesce(substr(s.state, 2), g.written_key) contact_id, case when s.state is null then g.written_as else coalesce(g.written_as, g.written_key) end contact_as
  from moment, jsonb_to_recordset($2::jsonb) g(ord int, id uuid, recipient text, written_key text, written_as text, pool text, content jsonb, content_bytes int,
      options jsonb, owner text, idempotency_key text, input_hash text, send_at timestamptz, valid_s int)
  left join zapfleet.contacts s on s.id = g.written_key and s.state like '>%'),
stored as (
  insert into zapfleet.messages as m (id, recipient, contact_id, contact_as, pool, content, content_bytes, options, state, owner, idempotency_key, input_hash,
    created_at, due_at, scheduled, valid_until)
  select g.id, g.recipient, g.contact_id, g.contact_as, g.pool, g.content, g.content_bytes, g.options, 'queued', g.owner, g.idempotency_key, g.input_hash,
    moment.at, g.due_at, g.scheduled, g.due_at + make_interval(secs => g.valid_s)
  from given g, moment order by g.idempotency_key, g.ord
  on conflict (idempotency_key) where idempotency_key is not null do nothing
  returning m.id, m.contact_id, m.contact_as, m.pool, m.options, m.scheduled, m.created_at, m.due_at, m.valid_until, m.state),
firsts as materialized (select distinct on (s.contact_id) s.* from stored s order by s.contact_id, s.due_at, s.id),
lanes as (
  insert into zapfleet.message_lanes as l (contact_id, pool, due_at, retry_at, holder)
  select f.contact_id, coalesce(f.pool, ''), f.due_at, case when f.due_at <= moment.at then moment.at + ${LEASE} else f.due_at end,
    case when f.due_at <= moment.at then $3 || f.id end
  from firsts f, moment order by f.contact_id
  on conflict (contact_id) do update set version = l.version + 1, due_at = least(l.due_at, excluded.due_at),
    holder = case when ${IS_FREE} then excluded.holder else l.holder end,
    retry_at = case when not ${IS_FREE} then l.retry_at when excluded.holder is not null then excluded.retry_at else least(l.retry_at, excluded.due_at) end
  returning l.contact_id, l.version, l.holder),
${changes(`(select s.id, s.state from stored s where s.scheduled or (s.options ->> 'validForS')::int > 0)`)}
select s.id, s.contact_id, s.contact_as, s.scheduled, s.created_at, s.due_at, s.valid_until, l.version, l.version = 0 and (select count(*) from stored o where o.contact_id = s.contact_id) = 1 is_only, case when l.holder = $3 || s.id then l.holder end token from stored s join lanes l on l.contact_id = s.contact_id`,
)

export type StoredRow = {
  id: string
  contact_id: string
  contact_as: string | null
  scheduled: boolean
  created_at: Date
  due_at: Date
  valid_until: Date
  /** Of the lane. */
  version: number
  /** The lane is new, and has no other message. */
  is_only: boolean
  token: string | null
}

/**
 * Takes up to $4 lanes that are due, for $2 (a token that is used once): the longest due ones, and of them $5 that became due last. $3: lanes that wait up to so
 * many seconds longer are taken too, unless their message is not due or another process holds them. Each pool that has lanes to take gets the same share.
 */
export const takeLanes: Statement = statement(
  'take_lanes',
  `with recursive ${INSTANT},
pools as (
  (select l.pool from zapfleet.message_lanes l order by l.pool limit 1)
  union all
  select (select l.pool from zapfleet.message_lanes l where l.pool > p.pool order by l.pool limit 1) from pools p where p.pool is not null),
shares as (select greatest(1, ($4::int - $5::int) / (select count(p.pool) from pools p)) share),
oldest as (${dueLanes('asc', 'select share from shares')}),
newest as (${dueLanes('desc', '$5::int')}),
due as (select contact_id from oldest union select contact_id from newest limit $4)
update zapfleet.message_lanes l set holder = $2, retry_at = moment.at + ${LEASE} from due, moment where l.contact_id = due.contact_id
returning l.contact_id`,
)

function dueLanes(order: 'asc' | 'desc', count: string): string {
  return `
  select d.contact_id from pools p, moment cross join lateral (
    select l.contact_id from zapfleet.message_lanes l
    where l.pool = p.pool and l.retry_at <= moment.at + make_interval(secs => $3) and (l.retry_at <= moment.at or (l.holder is null and l.due_at <= moment.at))
    order by l.retry_at ${order} limit (${count}) for update of l skip locked) d
  where p.pool is not null`
}

/** Content above this size is read right before its send, so that no process holds that of many messages. */
const LARGE_BYTES = 262_144

/** The content of message $1. */
export const readContent: Statement = statement(
  'read_content',
  'select m.content from zapfleet.messages m where m.id = $1::uuid',
)

/** The first message of each contact $2 that has not ended, with its content unless that is large, whether it is the only one, and the lane; null where there is none. */
export const readHeads: Statement = statement(
  'read_heads',
  `with ${INSTANT}
select l.contact_id lane, l.version, moment.at, to_json(h) head, not exists (select from zapfleet.messages m where m.contact_id = l.contact_id and ${UNFINISHED} and m.id <> h.id) is_only
from moment, zapfleet.message_lanes l left join lateral (
  select ${MESSAGE_COLUMNS}, case when m.content_bytes <= ${LARGE_BYTES} then m.content end content, m.tries, m.sending_at, m.owner from zapfleet.messages m where m.contact_id = l.contact_id and ${UNFINISHED} order by m.due_at, m.id limit 1) h on true
where l.contact_id = any($2::text[])`,
)

/** Renews the leases of the lanes $2 that are held with the tokens $3. */
export const renewLanes: Statement = statement(
  'renew_lanes',
  `with ${INSTANT},
mine as (select l.contact_id from zapfleet.message_lanes l join unnest($2::text[], $3::text[]) g(contact_id, token) on l.contact_id = g.contact_id and l.holder = g.token
  order by l.contact_id for update of l)
update zapfleet.message_lanes l set retry_at = moment.at + ${LEASE} from mine, moment where l.contact_id = mine.contact_id`,
)

/**
 * Gives lanes back, as JSON $2: {contact_id, token, version, retry_ms, retry_at}. Without a time the lane is removed; with one it is free at once, and due
 * then. With a `version` that is only so where no message was added since it was read: else the lane stays with its holder, which reads on.
 *
 * Returns the lanes that stay with their holder.
 */
export const giveLanesBack: Statement = statement(
  'give_lanes_back',
  `with ${INSTANT},
given as materialized (
  select g.*, coalesce(g.retry_at, moment.at + make_interval(secs => g.retry_ms / 1000.0)) again_at, g.retry_at is null and g.retry_ms is null is_over
  from moment, jsonb_to_recordset($2::jsonb) g(contact_id text, token text, version int, retry_ms float8, retry_at timestamptz)),
locked as materialized (
  select l.contact_id, g.is_over, g.again_at, g.retry_at, coalesce(l.version = g.version, true) is_same from zapfleet.message_lanes l
  join given g on l.contact_id = g.contact_id and l.holder = g.token order by l.contact_id for update of l),
removed as (
  delete from zapfleet.message_lanes l using locked k where l.contact_id = k.contact_id and k.is_over and k.is_same returning 1),
freed as (
  update zapfleet.message_lanes l set holder = null, retry_at = k.again_at, due_at = coalesce(k.retry_at, l.due_at) from locked k
  where l.contact_id = k.contact_id and not k.is_over and k.is_same returning 1)
select k.contact_id from locked k where not k.is_same`,
)

/**
 * Marks messages as being sent, as JSON $2: {id, contact_id, token, reservation_id, instance_name, kind}. Only a message that is queued and valid starts, by the
 * holder of its lane, with a seat that was not given back on a number that is still connected and not paused. From here on the seat's message may be at WhatsApp.
 *
 * The row of the lane is locked until the commit, so a process that takes the lane afterwards reads the message in its new state. The seat that another
 * process is using is the same one (its idempotency key is that of the try), so a process that lost its lane leaves it.
 *
 * Returns for each message `outcome`: `started`; `lost`, another process holds the lane; `over`, the message does not start.
 */
export const startMessages: Statement = statement(
  'start_messages',
  `with ${INSTANT},
given as materialized (
  select * from jsonb_to_recordset($2::jsonb) g(id uuid, contact_id text, token text, reservation_id uuid, instance_name text, kind text)),
mine as materialized (
  select l.contact_id from zapfleet.message_lanes l join given g on l.contact_id = g.contact_id and l.holder = g.token order by l.contact_id for share of l),
started as (
  update zapfleet.messages m set state = 'sending', sending_at = moment.at, reservation_id = g.reservation_id, instance_name = g.instance_name, kind = g.kind,
    tries = m.tries + 1, error = null,
    attempts = (case when jsonb_array_length(m.attempts) >= 20 then m.attempts - 0 else m.attempts end)
      || jsonb_build_object('instanceName', g.instance_name, 'at', to_char(moment.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'result', 'sending')
  from given g join mine on mine.contact_id = g.contact_id join zapfleet.reservations r on r.id = g.reservation_id
    join public.whatsapp_instances i on i.nome = g.instance_name, moment
  where m.id = g.id and m.state = 'queued' and m.valid_until >= moment.at and r.state = 'reserved' and i.status in ('connected', 'open') and not i.pausada
  returning m.id, m.state),
${changes('started')}
select g.id, case when exists (select from started s where s.id = g.id) then 'started' when exists (select from mine where mine.contact_id = g.contact_id) then 'over' else 'lost' end outcome
from given g`,
)

export type StartOutcome = 'started' | 'over' | 'lost'

/** The last attempt with another result. */
const lastAttempt = (result: string): string =>
  `case when jsonb_array_length(m.attempts) = 0 then m.attempts else jsonb_set(m.attempts, '{-1,result}', to_jsonb(${result})) end`

/** The state that a try ends with: without its content a message is not tried again. */
const TO_STATE = `case when g.to_state = 'queued' and m.content is null then 'failed' else g.to_state end`
/** It was sent, and what events stored is about this message. */
const IS_SAME = `g.to_state = 'sent' and g.message_id = m.message_id`

/**
 * Stores how tries ended, as JSON $2: {id, reservation_id, to_state, result, message_id, error}. `reservation_id` is the seat of the try; a message that has another by now
 * is left as it is. Without it the message was not tried: it is changed only where it is queued.
 *
 * - `sent`: a later status of this message that an event stored meanwhile stays. It counts in each state of the same try.
 * - `sending`: it is not certain; the message stays as it is, with the error.
 * - `queued`: surely not sent, and tried again; of a queued message, why it waits.
 * - `failed`, `expired`: it has ended.
 *
 * The answer of Evolution also decides where an event had linked the seat with another message to the contact, and the message has its state and id. Its content
 * is gone by then, so that it fails instead of being queued.
 *
 * Returns the messages that it changed.
 */
export const endTries: Statement = statement(
  'end_tries',
  `with ${INSTANT},
given as materialized (
  select * from jsonb_to_recordset($2::jsonb) g(id uuid, reservation_id uuid, to_state text, result text, message_id text, error text)),
ended as (
  update zapfleet.messages m set
    state = case when ${IS_SAME} and m.state in ('failed', 'delivered', 'read') then m.state else ${TO_STATE} end,
    message_id = g.message_id,
    sent_at = case when g.to_state = 'sent' then coalesce(m.sent_at, moment.at) end,
    delivered_at = case when ${IS_SAME} then m.delivered_at end,
    read_at = case when ${IS_SAME} then m.read_at end,
    ended_at = case when ${TO_STATE} in ('queued', 'sending') then null else coalesce(m.ended_at, moment.at) end,
    content = case when g.to_state in ('queued', 'sending') then m.content end,
    attempts = case when g.result is null then m.attempts else ${lastAttempt('g.result')} end,
    error = case when ${IS_SAME} and m.state = 'failed' then m.error when g.to_state <> ${TO_STATE} then coalesce(g.error, 'It was not sent.') else g.error end
  from given g, moment
  where m.id = g.id and case when g.reservation_id is null then m.state = 'queued'
    else m.reservation_id = g.reservation_id and (m.state in ('queued', 'sending') or (m.state = 'unknown' and g.to_state = 'failed')
      or (m.message_id is not null and g.to_state in ('queued', 'failed'))
      or (g.to_state = 'sent' and (m.state in ('unknown', 'failed', 'delivered', 'read') or (m.state = 'sent' and m.message_id <> g.message_id)))) end
  returning ${MESSAGE_COLUMNS}),
${changes(`(select e.id, e.state from ended e where e.state <> 'sending')`)}
select e.* from ended e`,
)

/** Removes messages $1 that were never tried: their caller receives an error instead. */
export const withdrawMessages: Statement = statement(
  'withdraw_messages',
  `with gone as (delete from zapfleet.messages m where m.id = any($1::uuid[]) and m.state in ('queued', 'expired', 'failed') and m.tries = 0 returning m.id)
select gone.id from gone`,
)

/** Message `m` may be found to be sent: an event may link its seat for so long. */
const IS_UNRESOLVED = `m.state = 'unknown' and m.sending_at > moment.at - interval '1 hour'`

/** How many rows one sweep changes at most. */
const SWEEP_ROWS = 1_000

/**
 * Ends what no process ends: messages in `sending` whose seat is linked with a message by an event are sent, those older than $2 seconds are
 * unknown, and queued ones after their validity have expired. No message in `sending` is queued again. An unknown message is sent where an event
 * links its seat within an hour. Returns how many of each, and whether no message waited before.
 *
 * While a process holds the lane, it waits for the answer of Evolution, which decides: the event may be that of another message to the contact.
 */
export const sweepMessages: Statement = statement(
  'sweep_messages',
  `with ${INSTANT},
old as materialized (
  select m.id, r.message_id from zapfleet.messages m left join zapfleet.reservations r on r.id = m.reservation_id, moment
  where m.state = 'sending' and (m.sending_at <= moment.at - make_interval(secs => $2)
    or (r.message_id is not null and not exists (select from zapfleet.message_lanes l where l.contact_id = m.contact_id and not ${IS_FREE})))
  order by m.sending_at limit ${SWEEP_ROWS} for update of m skip locked),
found as materialized (
  select m.id, r.message_id from zapfleet.messages m join zapfleet.reservations r on r.id = m.reservation_id, moment
  where ${IS_UNRESOLVED} and r.message_id is not null limit ${SWEEP_ROWS} for update of m skip locked),
resolved as (
  update zapfleet.messages m set state = case when old.message_id is null then 'unknown' else 'sent' end, message_id = coalesce(m.message_id, old.message_id),
    sent_at = case when old.message_id is not null then coalesce(m.sent_at, moment.at) end, ended_at = coalesce(m.ended_at, moment.at), content = null,
    attempts = ${lastAttempt(`case when old.message_id is null then 'unknown' else 'sent' end`)},
    error = case when old.message_id is null then coalesce(m.error, 'The process that sent it ended before the answer of Evolution.') end
  from (select * from old union all select * from found) old, moment where m.id = old.id returning m.id, m.state),
late as materialized (
  select m.id from zapfleet.messages m, moment where m.state = 'queued' and m.valid_until < moment.at order by m.valid_until limit ${SWEEP_ROWS} for update of m skip locked),
expired as (
  update zapfleet.messages m set state = 'expired', ended_at = moment.at, content = null, error = coalesce(m.error, 'No number could send it in time.')
  from late, moment where m.id = late.id returning m.id, m.state),
${changes('(select * from resolved union all select * from expired)')}
select (select count(*)::int from resolved s where s.state = 'sent') sent, (select count(*)::int from resolved s where s.state = 'unknown') unknown,
  (select count(*)::int from expired) expired, not exists (select from zapfleet.messages m where ${UNFINISHED}) is_empty`,
)

/** Whether `sweepMessages` may find something: a message that has not ended, or one that a link of the last hour may resolve. */
export const readUnswept: Statement = statement(
  'read_unswept',
  `with ${INSTANT}
select exists (select from zapfleet.messages m where ${UNFINISHED})
  or exists (select from zapfleet.messages m, moment where ${IS_UNRESOLVED}) is_any`,
)

/** Makes a lane for each contact with messages and without one; there is none unless another program removed it. */
export const repairLanes: Statement = statement(
  'repair_lanes',
  `with ${INSTANT}
insert into zapfleet.message_lanes (contact_id, pool, due_at, retry_at)
select distinct on (m.contact_id) m.contact_id, coalesce(m.pool, ''), m.due_at, greatest(m.due_at, moment.at) from zapfleet.messages m, moment
where ${UNFINISHED} and m.created_at < moment.at - interval '1 minute' and not exists (select from zapfleet.message_lanes l where l.contact_id = m.contact_id)
order by m.contact_id, m.due_at, m.id
on conflict do nothing returning contact_id`,
)

/** Cancels message $2 where it is still queued. */
export const cancelMessage: Statement = statement(
  'cancel_message',
  `with ${INSTANT},
canceled as (
  update zapfleet.messages m set state = 'canceled', ended_at = moment.at, content = null from moment where m.id = $2::uuid and m.state = 'queued' returning m.id, m.state),
${changes('canceled')}
select c.id from canceled c`,
)

/** The queue at `moment`, for other statements. */
export const QUEUE = `select count(*) filter (where m.state = 'queued')::int queued, count(*) filter (where m.state = 'sending')::int sending, count(*) filter (where m.due_at > moment.at)::int scheduled,
  min(m.due_at) filter (where m.state = 'queued' and m.due_at <= moment.at) oldest_at, coalesce(sum(m.content_bytes), 0)::float8 bytes
from zapfleet.messages m, moment where ${UNFINISHED}`

/** The queue, or with $2 that of these pools: messages that wait, the moment of the oldest that is due, and the bytes of all that have not ended. */
export const readQueue: Statement = statement(
  'read_queue',
  `with ${INSTANT} ${QUEUE} and ($2::text[] is null or m.pool = any($2::text[]))`,
)

/** A message by its idempotency key $1, with the hash of its input; `is_over`: it has ended, and is a day old. */
export const readKeyedMessage: Statement = statement(
  'read_keyed_message',
  `with ${INSTANT}
select ${MESSAGE_COLUMNS}, m.input_hash, not ${UNFINISHED} and m.created_at <= moment.at - interval '24 hours' is_over
from zapfleet.messages m, moment where m.idempotency_key = $2`,
)

/** Frees the key of message $1. */
export const freeMessageKey: Statement = statement(
  'free_message_key',
  'update zapfleet.messages m set idempotency_key = null where m.id = $1::uuid',
)

/** Message $2, without its content, and whether no process holds the lane of its contact. */
export const readWaiting: Statement = statement(
  'read_waiting_message',
  `with ${INSTANT}
select ${MESSAGE_COLUMNS}, coalesce(${IS_FREE}, true) is_free from zapfleet.messages m left join zapfleet.message_lanes l on l.contact_id = m.contact_id where m.id = $2::uuid`,
)

/** Messages $1 by their ids, without their content. */
export const readMessages: Statement = statement(
  'read_messages',
  `select ${MESSAGE_COLUMNS} from zapfleet.messages m where m.id = any($1::uuid[])`,
)

/** The key's family that sent message $1. */
export const readOwner: Statement = statement(
  'read_message_owner',
  'select m.owner from zapfleet.messages m where m.id = $1::uuid',
)
