import type { ClientIds } from '../ground/client-ids.ts'
import { INSTANT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { announceSql } from './announce-contacts.ts'
import { clientsNumber, hashedState } from './contact-sql.ts'
import { isRedirected } from './contact-state.ts'

/**
 * Makes LIDs other ids of the contacts of their phones. What is stored of the LID goes to the contact where that has none: number, newest
 * message, conversations, block. Of two numbers, that of the id under which the person wrote last stays, unless `clientes` has the contact's. Its messages in the queue are the contact's from then on.
 *
 * Nothing is written for a LID that an operator took from its contact, that is an id of another contact or has other ids, or that has conversations while
 * the contact of the phone has some, too. Locks as in the claim: contacts by id, then new contacts by hash; then conversations; then lanes of messages.
 *
 * Parameters: $1 moment, then arrays, one item for each LID; no LID and no contact is in them twice: $2 LID, $3 contact of the phone, $4
 * the contact as an id of clientes, $5 its ids there where it may have several, as the text of an array, $6 the LID as an id of clientes,
 * $7 the hashes of both.
 *
 * Returns `found`: [place, what became of the LID], and `redirects`: [place, state] of phones that are ids of other contacts.
 */
export function linkLidsStatement(clients: ClientIds): Statement {
  const type = clients.sqlType
  return statement(
    `link_lids_${clients.kind}`,
    `with ${INSTANT},
given as materialized (
  select g.*, (select s.state from zapfleet.contacts s where s.id = g.lid) = '>' || g.contact is_known
  from unnest($2::text[], $3::text[], $4::${type}[], $5::text[], $6::${type}[], $7::text[]) with ordinality
    g(lid, contact, client, forms, lid_client, hashes, ord)),
ids as materialized (
  select g.lid id from given g where g.is_known is not true union select g.contact from given g where g.is_known is not true),
locked as materialized (
  select s.id, s.state, s.preferred_instance preferred, s.unlinked_at, s.last_inbound_at, s.last_inbound_instance, s.blocked_at, s.blocked_reason
  from zapfleet.contacts s where s.id = any(array(select id from ids)) order by s.id for no key update of s),
fresh as materialized (
  select f.id, zapfleet.lock_new_contact(f.id, null::${type}[]) found
  from (select i.id from ids i left join locked s on s.id = i.id where s.id is null and (select count(*) from locked) >= 0 order by hashtext(i.id), i.id) f),
read as materialized (
  select g.ord::int, g.lid, g.contact, g.hashes, coalesce(l.state, lf.found[1], ${hashedState('g.lid')}) lid_state, coalesce(c.state, cf.found[1], ${hashedState('g.contact')}) state, l.unlinked_at,
    coalesce(${clientsNumber(clients, 'g.lid_client', 'null::text')}, l.preferred, lf.found[2]) lid_number,
    coalesce(${clientsNumber(clients, 'g.client', 'g.forms')}, c.preferred, cf.found[2]) number,
    coalesce(l.last_inbound_at > coalesce(c.last_inbound_at, '-infinity') and ${clientsNumber(clients, 'g.client', 'g.forms')} is null, false) is_newer,
    l.last_inbound_at, l.last_inbound_instance, l.blocked_at, l.blocked_reason,
    exists (select from zapfleet.contacts a where a.state = '>' || g.lid and a.state like '>%') has_aliases,
    exists (select from zapfleet.conversations v where v.contact_id = g.lid) lid_talks,
    exists (select from zapfleet.conversations v where v.contact_id = g.contact) talks
  from given g left join locked l on l.id = g.lid left join locked c on c.id = g.contact
    left join fresh lf on lf.id = g.lid left join fresh cf on cf.id = g.contact
  where g.is_known is not true and (select count(*) from fresh) >= 0),
judged as materialized (
  select r.*, case when ${isRedirected('r.state')} then 'redirected' when r.unlinked_at is not null then 'unlinked'
    when r.lid_state is not null and r.lid_state <> 'blocked' or r.has_aliases then 'other' when r.lid_talks and r.talks then 'both' else 'linked' end result from read r),
linked as materialized (select * from judged j where j.result = 'linked'),
written as (
  insert into zapfleet.contacts as s (id, state, preferred_instance, last_inbound_at, last_inbound_instance, blocked_at, blocked_reason)
  select w.* from (
    select l.lid id, '>' || l.contact, null, null::timestamptz, null, null::timestamptz, null from linked l
    union all
    select l.contact, coalesce(l.lid_state, l.state), case when l.number is null or l.is_newer then l.lid_number end, l.last_inbound_at, l.last_inbound_instance, l.blocked_at, l.blocked_reason
    from linked l where l.lid_state is not null or l.lid_number is not null or l.last_inbound_at is not null) w
  order by 1
  on conflict (id) do update set state = coalesce(excluded.state, s.state),
    preferred_instance = case when excluded.state like '>%' then null else coalesce(excluded.preferred_instance, s.preferred_instance) end,
    last_inbound_at = case when excluded.state like '>%' then null else greatest(s.last_inbound_at, excluded.last_inbound_at) end,
    last_inbound_instance = case when excluded.state like '>%' then null
      when s.last_inbound_at is null or s.last_inbound_at < excluded.last_inbound_at then excluded.last_inbound_instance else s.last_inbound_instance end,
    blocked_at = case when excluded.state like '>%' then null else coalesce(s.blocked_at, excluded.blocked_at) end,
    blocked_reason = case when excluded.state like '>%' then null else coalesce(s.blocked_reason, excluded.blocked_reason) end
  returning 1),
blocked as (
  insert into zapfleet.blocks (contact_hash, blocked_at)
  select zapfleet.contact_hash(l.contact), coalesce(l.blocked_at, moment.at) from linked l, moment where l.lid_state = 'blocked'
  on conflict do nothing returning 1),
gone as (
  delete from zapfleet.conversations v using linked l where v.contact_id = l.lid and (select count(*) from written) >= 0
  returning l.contact, v.instance_name, v.last_sent_at, v.last_inbound_at, v.new_at),
talked as (
  insert into zapfleet.conversations as v (contact_id, instance_name, last_sent_at, last_inbound_at, new_at)
  select g.contact, g.instance_name, g.last_sent_at, g.last_inbound_at, g.new_at from gone g order by 1, 2
  on conflict (contact_id, instance_name) do update set last_sent_at = greatest(v.last_sent_at, excluded.last_sent_at),
    last_inbound_at = greatest(v.last_inbound_at, excluded.last_inbound_at), new_at = greatest(v.new_at, excluded.new_at) returning 1),
changed as materialized (select string_agg(l.hashes, '') hashes from linked l)
select coalesce((select json_agg(json_build_array(g.ord, coalesce(j.result, 'linked'))) from given g left join judged j on j.ord = g.ord
    where j.result is distinct from 'redirected'), '[]') found,
  coalesce((select json_agg(json_build_array(j.ord, j.state)) from judged j where j.result = 'redirected'), '[]') redirects,
  (select count(zapfleet.move_pool_contacts(l.lid, l.contact)) from linked l) moved,
  (select count(zapfleet.move_lane(l.lid, l.contact, moment.at)) from linked l, moment) lanes,
  ${announceSql('changed')}`,
  )
}

/** What became of a LID: `both` have conversations, or the LID is an id of an `other` contact or has other ids. */
type LidResult = 'linked' | 'unlinked' | 'other' | 'both'

export type LinkedLidsRow = {
  found: [ord: number, result: LidResult][]
  redirects: [ord: number, state: string][]
  hashes: string | null
}
