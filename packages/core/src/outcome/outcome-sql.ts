import { INSTANT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { isOurs } from '../instance/counters-sql.ts'
import { OUTCOME_STATUSES } from '../reservation/reservation.ts'

/** Good news within this time of the reservation is prompt; `count_outcome` has the same. */
const PROMPT = `interval '60 seconds'`

const rank = (outcome: string): string =>
  `array_position(array['${OUTCOME_STATUSES.join("','")}'], ${outcome})`

/** The higher of two outcomes as a row, as `joinOutcomes` has it: of equal ones the earlier, then the first error. */
const higher = (one: string, other: string): string =>
  `(select v.outcome, v.outcome_at, v.outcome_error from (values
    (${one}.outcome, ${one}.outcome_at, ${one}.outcome_error), (${other}.outcome, ${other}.outcome_at, ${other}.outcome_error)) v(outcome, outcome_at, outcome_error)
  where v.outcome is not null order by ${rank('v.outcome')} desc, v.outcome_at, v.outcome_error collate "C" nulls last limit 1)`

/**
 * Applies outcomes to the reservations that have their messages. `given` (ord, instance_name, message_id, outcome, outcome_at,
 * outcome_error, evidence_at) has one row for each message.
 *
 * A failed message does not make the contact known to the instance, however late that is reported: `fillSlice` reads each
 * reservation for a short time only. Where the message was delivered all the same, it is. `correct_sends` reads what `updated` wrote.
 *
 * A message that zapfleet sent itself follows the outcome of its reservation. Outcomes are announced while a webhook endpoint wants them.
 *
 * Locks: reservations by id, then hours by instance and hour, then conversations, messages and waiting outcomes; instances are not locked. A row
 * that an outcome does not change is not written, so duplicates cost a reading. `merged`: the locked rows, each with what it becomes.
 */
const apply = (given: string): string => `given as materialized (${given}),
locked as materialized (
  select r.id, r.instance_name, r.contact_id, r.message_id, r.hour_window, r.reserved_at, r.outcome, r.outcome_at, r.outcome_error, r.evidence_at
  from zapfleet.reservations r where r.message_id = any(array(select given.message_id from given)) order by r.id for no key update of r),
merged as materialized (
  select l.id, l.instance_name, l.contact_id, l.reserved_at, l.hour_window, l.message_id, g.ord, l.outcome old_outcome, w.outcome, w.outcome_at, w.outcome_error,
    e.evidence_at, coalesce(l.evidence_at <= l.reserved_at + ${PROMPT}, false)::int old_prompt, coalesce(e.evidence_at <= l.reserved_at + ${PROMPT}, false)::int prompt,
    (l.outcome, l.outcome_at, l.outcome_error, l.evidence_at) is distinct from (w.outcome, w.outcome_at, w.outcome_error, e.evidence_at) is_change
  from locked l join given g on g.message_id = l.message_id and g.instance_name = l.instance_name
  cross join lateral ${higher('l', 'g')} w cross join lateral (select least(l.evidence_at, g.evidence_at) evidence_at) e),
updated as (
  update zapfleet.reservations r set outcome = m.outcome, outcome_at = m.outcome_at, outcome_error = m.outcome_error, evidence_at = m.evidence_at
  from merged m where m.is_change and r.id = m.id returning 1),
counted as (
  insert into zapfleet.hourly_outcomes as h (instance_name, hour, ${OUTCOME_STATUSES.join(', ')}, prompt)
  select m.instance_name, m.hour_window, ${OUTCOME_STATUSES.map(difference).join(', ')}, sum(m.prompt - m.old_prompt)
  from merged m where m.is_change and (m.outcome is distinct from m.old_outcome or m.prompt <> m.old_prompt) group by 1, 2 order by 1, 2
  on conflict (instance_name, hour) do update set ${[...OUTCOME_STATUSES, 'prompt'].map((column) => `${column} = h.${column} + excluded.${column}`).join(', ')}
  returning 1),
evidence as materialized (
  select array_agg(m.id) ids from merged m
  where m.is_change and m.outcome is distinct from m.old_outcome and m.contact_id is not null and 'failed' in (m.outcome, m.old_outcome) having count(*) > 0),
corrected as materialized (
  select c.contact from evidence e, zapfleet.correct_sends(e.ids) c(contact) where (select count(*) from updated) >= 0 and (select count(*) from counted) >= 0),
followed as (
  update zapfleet.messages t set state = m.outcome, message_id = m.message_id, content = null, ended_at = coalesce(t.ended_at, m.outcome_at),
    sent_at = coalesce(t.sent_at, case when m.outcome <> 'failed' then m.outcome_at end),
    delivered_at = case when m.outcome in ('delivered', 'read') then coalesce(t.delivered_at, m.outcome_at) else t.delivered_at end,
    read_at = case when m.outcome = 'read' then coalesce(t.read_at, m.outcome_at) else t.read_at end,
    error = case when m.outcome = 'failed' then coalesce('WhatsApp refused it (' || m.outcome_error || ').', 'WhatsApp refused it.') end
  from merged m
  where m.is_change and m.outcome is distinct from m.old_outcome and t.reservation_id = m.id
    and ${messageRank('m.outcome')} > ${messageRank('t.state')} and (select count(*) from corrected) >= 0 returning t.id, t.state),
changed as (insert into zapfleet.message_changes (kind, message_id, state) select 'message', f.id, f.state from followed f),
announced as (
  insert into zapfleet.message_changes (kind, reservation_id, state) select 'outcome', m.id, m.outcome from merged m
  where m.is_change and m.outcome is distinct from m.old_outcome and exists (
    select from zapfleet.webhook_endpoints e where 'outcome' = any(e.events) and e.disabled_at is null) order by m.ord)`

/** The states of a message that zapfleet sent itself, in the order in which outcomes move it; null for all others, which no outcome moves. */
function messageRank(state: string): string {
  return `array_position(array['sending', 'unknown', '${OUTCOME_STATUSES.join("', '")}'], ${state})`
}

/** By how many the messages with this outcome become more. */
function difference(status: string): string {
  return `sum((m.outcome = '${status}')::int - coalesce((m.old_outcome = '${status}')::int, 0))`
}

/**
 * What the statements return: the moment, the places of the rows that have a reservation, messages of several reservations, the statuses that messages reached, and the contacts
 * that may be new or known again.
 */
const RESULT = `(select at from moment) at, coalesce((select json_agg(m.ord) from merged m), '[]') matched,
  (select json_agg(s.message_id) from (select min(m.message_id) message_id from merged m group by m.ord having count(*) > 1) s) shared,
  coalesce((select json_agg(json_build_array(c.instance_name, c.outcome, c.messages)) from (
    select m.instance_name, m.outcome, count(*)::int messages from merged m where m.outcome is distinct from m.old_outcome group by 1, 2) c), '[]') reached,
  coalesce((select json_agg(distinct c.contact) from corrected c), '[]') contacts`

export type AppliedRow = {
  at: Date
  /** A place twice where two reservations have the message. */
  matched: number[]
  shared: string[] | null
  reached: [instance: string, status: string, messages: number][]
  contacts: string[]
}

/**
 * Stores outcomes, one for each message. Those without a reservation wait. Parameters: $1 moment, then arrays, one item an outcome: $2
 * instance, $3 message, $4 outcome, $5 its moment, $6 error, $7 the first good news. No moment is later than the present one.
 */
export const storeOutcomes: Statement = statement(
  'store_outcomes',
  `with ${INSTANT},
${apply(`select g.ord::int, g.instance_name, g.message_id, g.outcome, least(g.outcome_at, moment.at) outcome_at, g.outcome_error, least(g.evidence_at, case when g.evidence_at is not null then moment.at end) evidence_at
  from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::timestamptz[]) with ordinality
    g(instance_name, message_id, outcome, outcome_at, outcome_error, evidence_at, ord), moment where ${isOurs('g.instance_name')}`)},
waiting as (
  insert into zapfleet.unmatched_outcomes as u (message_id, instance_name, outcome, outcome_at, outcome_error, evidence_at, received_at)
  select g.message_id, g.instance_name, g.outcome, g.outcome_at, g.outcome_error, g.evidence_at, moment.at from given g, moment
  where not exists (select from merged m where m.ord = g.ord) and (select count(*) from counted) >= 0
  order by 1, 2
  on conflict (message_id, instance_name) do update set
    (outcome, outcome_at, outcome_error) = ${higher('u', 'excluded')}, evidence_at = least(u.evidence_at, excluded.evidence_at)
  where u.evidence_at is distinct from least(u.evidence_at, excluded.evidence_at)
    or exists (select from ${higher('u', 'excluded')} w where (u.outcome, u.outcome_at, u.outcome_error) is distinct from (w.outcome, w.outcome_at, w.outcome_error))
  returning 1)
select ${RESULT}`,
)

/**
 * Applies waiting outcomes whose reservation has its message by now, and removes them. $2 the messages; null: all, at most $3 of
 * them. A waiting outcome that changes meanwhile stays for the next time.
 */
export const matchOutcomes: Statement = statement(
  'match_outcomes',
  `with ${INSTANT},
${apply(`select row_number() over ()::int ord, u.* from (
  select u.instance_name, u.message_id, u.outcome, u.outcome_at, u.outcome_error, u.evidence_at from zapfleet.unmatched_outcomes u
  where ($2::text[] is null or u.message_id = any($2::text[]))
    and exists (select from zapfleet.reservations r where r.message_id = u.message_id and r.instance_name = u.instance_name)
  limit $3) u`)},
gone as (
  delete from zapfleet.unmatched_outcomes u using given g
  where u.message_id = g.message_id and u.instance_name = g.instance_name and exists (select from merged m where m.ord = g.ord)
    and (u.outcome, u.outcome_at, u.outcome_error, u.evidence_at) is not distinct from (g.outcome, g.outcome_at, g.outcome_error, g.evidence_at)
    and (select count(*) from counted) >= 0 returning 1)
select ${RESULT}`,
)

/** Rows that one reading of open reservations looks at: at 30 messages a second, five minutes. */
const RECENT_ROWS = 10_000

/**
 * Reads what links messages to reservations: the messages of $3 that have one already, and the newest reservations of the instances $2
 * without a message, whose contact is or was written as one of $4 or formatted, or is the contact of which one of $4 is an alias.
 * $5: the smallest id that may be new enough. Ids of version 7 grow with time, so the primary key leads to the newest rows.
 */
export const readOpenReservations: Statement = statement(
  'read_open_reservations',
  `with ${INSTANT},
recent as materialized (
  select r.id, r.instance_name, r.contact_id, coalesce(r.contact_as, r.contact_id) written, r.message_id, r.state, r.reserved_at from zapfleet.reservations r
  where r.id >= $5::uuid order by r.id desc limit ${RECENT_ROWS}),
aliases as materialized (
  select s.id, substr(s.state, 2) contact_id from zapfleet.contacts s where s.id = any($4::text[]) and s.state like '>%')
select (select at from moment) at,
  coalesce((select json_agg(json_build_array(r.instance_name, r.message_id)) from zapfleet.reservations r
    where r.message_id = any($3::text[]) and r.instance_name = any($2::text[])), '[]') linked,
  coalesce((select json_agg(json_build_array(a.id, a.contact_id)) from aliases a), '[]') aliases,
  coalesce((select json_agg(json_build_array(r.id, r.instance_name, r.contact_id, r.written, extract(epoch from r.reserved_at) * 1000)) from recent r
    where r.message_id is null and r.state <> 'released' and r.instance_name = any($2::text[])
      and (r.contact_id = any($4::text[]) or r.written = any($4::text[]) or r.contact_id in (select a.contact_id from aliases a)
        or r.written ~ '^[+(]*\\d+[ ().-][\\d ().-]{5,}$')), '[]') open`,
)

export type OpenReservationsRow = {
  at: Date
  linked: [instance: string, messageId: string][]
  aliases: [id: string, contactId: string][]
  /** `written`: the contact as the bot wrote it. */
  open: [id: string, instance: string, contactId: string, written: string, reservedAtMs: number][]
}

/** Links reservations $1 with messages $2 where neither has another; returns the reservations that were linked. */
export const linkMessages: Statement = statement(
  'link_messages',
  'select zapfleet.link_messages($1::uuid[], $2::text[]) id',
)

/**
 * Of the messages $1 that several reservations of one instance have, the reservation to keep: a confirm named it, while an event of a send
 * links the newest reservation.
 */
export const readShared: Statement = statement(
  'read_shared_messages',
  `select distinct on (r.message_id, r.instance_name) r.id "reservationId", r.message_id "messageId" from zapfleet.reservations r
where r.message_id = any($1::text[]) and r.state <> 'released' and exists (
  select from zapfleet.reservations o where o.message_id = r.message_id and o.instance_name = r.instance_name and o.id <> r.id)
order by r.message_id, r.instance_name, r.state = 'confirmed' desc, r.id`,
)

/** Gives the reservations $1 the messages $2 that their confirms named, see the function. */
export const moveMessages: Statement = statement(
  'move_messages',
  'select zapfleet.move_messages($1::uuid[], $2::text[]) moved',
)

/** How often the last event of an instance and source is written. */
export const COVERAGE_EVERY_MS = 30_000

/** Stores that events of the sources $3 arrived for the instances $2. */
export const storeCoverage: Statement = statement(
  'store_event_coverage',
  `with ${INSTANT}
insert into zapfleet.event_coverage as c (instance_name, source, first_at, last_at)
select distinct g.instance_name, g.source, moment.at, moment.at from unnest($2::text[], $3::text[]) g(instance_name, source), moment
where ${isOurs('g.instance_name')} order by 1, 2
on conflict (instance_name, source) do update set last_at = excluded.last_at
where c.last_at < excluded.last_at - interval '${COVERAGE_EVERY_MS / 1_000} seconds'`,
)
