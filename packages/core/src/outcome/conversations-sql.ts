import { epochMs, INSTANT, idAt } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'

/** A send is stored again when the stored one is this old, so a contact who stays with a number costs one write a day. */
const WRITE_AGAIN_AFTER = `interval '20 hours'`
/** A conversation counts for 30 days. */
const KEEP = `interval '31 days'`

/**
 * What there is to store: `until_ms`, the id up to which reservations are stored, as a moment in milliseconds, null: none is; whether there are later ones, or some
 * of the last $1 seconds before it, and whether outcomes wait for their reservation. One that is later than the present, of a clock that was
 * ahead, counts as the present.
 */
export const readWork = statement(
  'read_message_work',
  `select ${epochMs('f.until')} until_ms, exists (select from zapfleet.unmatched_outcomes) has_waiting,
  coalesce((select r.id from zapfleet.reservations r order by r.id desc limit 1)
    >= coalesce(${idAt('f.until - make_interval(secs => $1)')}, '00000000-0000-0000-0000-000000000000'), false) has_sends
from (select) one left join (select least(c.until, clock_timestamp()) until from zapfleet.conversations_filled c) f on true`,
)

/** $1 the moment, at most the present by the database's clock; forward only, but where a later one than the present is stored. */
export const storeFilled = statement(
  'store_conversations_filled',
  `insert into zapfleet.conversations_filled as f (until) values (least($1::timestamptz, clock_timestamp()))
on conflict (single) do update set until = excluded.until where f.until < excluded.until or f.until > clock_timestamp()`,
)

/**
 * Stores whom the next $3 reservations from the id $1 to below the id $2 were sent to. A message that was given back or failed is no
 * evidence, and what was stored of it is corrected. A row that is recent enough is only read. A contact that
 * became an alias meanwhile is the contact that it is an alias of; one whose forms were taken apart is the form that was written.
 *
 * Returns how many reservations were read, the last id, and how many rows were written.
 */
export const fillSlice = statement(
  'fill_conversations',
  `with slice as materialized (
  select r.id, r.instance_name, case when a.id is null then r.contact_id else zapfleet.contact_by_state(a.state, a.id, r.contact_as) end contact_id,
    r.reserved_at, r.state <> 'released' and r.outcome is distinct from 'failed' is_sent
  from zapfleet.reservations r left join zapfleet.contacts a on a.id = r.contact_id and a.state is not null and a.state <> 'blocked'
  where r.id >= $1::uuid and r.id < $2::uuid order by r.id limit $3),
sent as materialized (
  select s.contact_id, s.instance_name, max(s.reserved_at) at from slice s where s.contact_id is not null and s.is_sent group by 1, 2),
stored as (
  insert into zapfleet.conversations as c (contact_id, instance_name, last_sent_at)
  select s.contact_id, s.instance_name, s.at from sent s
  left join zapfleet.conversations k on k.contact_id = s.contact_id and k.instance_name = s.instance_name
  where k.last_sent_at is null or k.last_sent_at < s.at - ${WRITE_AGAIN_AFTER} order by 1, 2
  on conflict (contact_id, instance_name) do update set last_sent_at = greatest(c.last_sent_at, excluded.last_sent_at) returning 1),
undone as materialized (
  select array_agg(s.id) ids from slice s
  join zapfleet.conversations c on c.contact_id = s.contact_id and c.instance_name = s.instance_name and c.last_sent_at = s.reserved_at
  where not s.is_sent having count(*) > 0),
corrected as materialized (
  select count(distinct c.contact)::int contacts from undone u, zapfleet.correct_sends(u.ids) c(contact) where (select count(*) from stored) >= 0)
select (select count(*)::int from slice) "read", (select s.id from slice s order by s.id desc limit 1) last,
  (select count(*)::int from stored) + (select c.contacts from corrected c) written`,
)

export type SliceRow = { read: number; last: string | null; written: number }

/** Removes at most $3 waiting outcomes that arrived before the last $2 seconds. */
export const pruneWaiting = statement(
  'prune_unmatched_outcomes',
  `with ${INSTANT},
gone as (
  delete from zapfleet.unmatched_outcomes u where (u.message_id, u.instance_name) in (
    select w.message_id, w.instance_name from zapfleet.unmatched_outcomes w, moment
    where w.received_at < moment.at - make_interval(secs => $2) order by w.received_at limit $3 for update of w skip locked) returning 1)
select count(*)::int gone from gone`,
)

/** The cursor of the walk over conversations, see `pruneConversations`. */
export const addCursor = statement(
  'add_conversations_cursor',
  `insert into zapfleet.prune_cursors (name) values ('conversations') on conflict do nothing`,
)

/**
 * One step along the conversations: reads the next $2 rows after the cursor, a JSON array of contact and instance, removes those that
 * are over and stores the cursor; it begins again at the end. Also removes the coverage of sources that ended. `is_full`: there may be more
 * rows after these. `is_held`: false where there is no cursor, or another process holds it.
 */
export const pruneConversations = statement(
  'prune_conversations',
  `with ${INSTANT},
p as materialized (select c.after from zapfleet.prune_cursors c where c.name = 'conversations' for update skip locked),
page as materialized (
  select v.contact_id, v.instance_name, coalesce(greatest(v.last_sent_at, v.last_inbound_at, v.new_at), '-infinity') < moment.at - ${KEEP} is_over
  from zapfleet.conversations v, moment where exists (select from p)
    and (v.contact_id, v.instance_name) > (coalesce((select p.after::json ->> 0 from p), ''), coalesce((select p.after::json ->> 1 from p), ''))
  order by v.contact_id, v.instance_name limit $2),
gone as (
  delete from zapfleet.conversations v using page where page.is_over and v.contact_id = page.contact_id and v.instance_name = page.instance_name returning 1),
moved as (
  update zapfleet.prune_cursors c set after = case when (select count(*) from page) = $2 then (
    select json_build_array(page.contact_id, page.instance_name)::text from page order by page.contact_id desc, page.instance_name desc limit 1) end
  where c.name = 'conversations' and exists (select from p)),
silent as (delete from zapfleet.event_coverage e using moment where e.last_at < moment.at - ${KEEP} returning 1)
select (select count(*)::int from gone) + (select count(*)::int from silent) gone, (select count(*) from page) = $2 is_full, exists (select from p) is_held`,
)
