import type { ClientIds } from '../ground/client-ids.ts'
import { INSTANT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { isOurs } from '../instance/counters-sql.ts'
import { announceSql } from './announce-contacts.ts'
import { clientsArray, clientsNumber, hashedState, isFreeSql } from './contact-sql.ts'
import { isRedirected } from './contact-state.ts'
import { REPLY_WITHIN } from './conversations.ts'

/** A conversation is written again when the stored message is this much older: a person who writes ten lines costs one write. */
const WRITE_AGAIN_AFTER = `interval '1 minute'`

/**
 * Stores when people wrote, forward only: the conversation, and the newest message of the contact. Most people write to the number that
 * they have; this statement serves them without a lock in `clientes`. A contact that has to move, or has no row yet, comes back.
 *
 * No CTE is joined with another one: the planner takes each for one row, and would compare each row with each.
 *
 * Two locks, in the claim's order: contacts by id, then conversations. A contact whose newest message is stored already is only read. A
 * number in `clientes` is read and not locked: `last_inbound_instance` of the locked row shows whether another message moved the
 * contact meanwhile; a claim that moves it at the same instant comes after the message.
 *
 * Parameters: $1 moment, then arrays, one item for each contact and instance: $2 instance, $3 contact, $4 when, $5 the contact as an id of
 * clientes, $6 its ids there where it may have several, as the text of an array, $7 the hash of the contact, $8 whether a contact that
 * is not stored is stored.
 *
 * Returns `moves`: the places of messages whose contact has to move; `redirects`: [place, state] of contacts that are others, of which
 * nothing is stored; `hashes` of contacts to whom a reply is possible again, which are announced.
 */
export function storeInboundsStatement(clients: ClientIds): Statement {
  return statement(
    `store_inbounds_${clients.kind}`,
    `with ${INSTANT},
given as materialized (
  select g.ord::int, g.instance, g.contact, least(g.at, moment.at) at, g.client, g.forms, g.hash, g.is_made, s.has_row, s.state, s.preferred, s.last_at,
    (select v.last_inbound_at from zapfleet.conversations v where v.contact_id = g.contact and v.instance_name = g.instance) talked_at,
    g.is_made or s.has_row or exists (select from zapfleet.conversations v where v.contact_id = g.contact) is_stored
  from unnest($2::text[], $3::text[], $4::timestamptz[], $5::${clients.sqlType}[], $6::text[], $7::text[], $8::bool[]) with ordinality
      g(instance, contact, at, client, forms, hash, is_made, ord)
    cross join moment
    left join lateral (select true has_row, s.state, s.preferred_instance preferred, s.last_inbound_at last_at
      from zapfleet.contacts s where s.id = g.contact offset 0) s on true
  where ${isOurs('g.instance')}),
newest as materialized (
  select distinct on (g.contact) g.*, ${clientsNumber(clients, 'g.client', 'g.forms')} clients_number from given g
  where g.is_stored and not ${isRedirected('g.state')} order by g.contact, g.at desc, g.instance),
locked as materialized (
  select n.ord, n.contact, n.instance, n.at, coalesce(coalesce(n.clients_number, s.preferred_instance) = n.instance
      and coalesce(s.last_inbound_instance, n.instance) = n.instance and not ${isRedirected('s.state')}, false) stays
  from newest n join zapfleet.contacts s on s.id = n.contact
  where n.has_row and (n.last_at is null or n.last_at < n.at) and (s.last_inbound_at is null or s.last_inbound_at < n.at)
  order by s.id for no key update of s),
stored as (
  update zapfleet.contacts s set last_inbound_at = l.at, last_inbound_instance = l.instance from locked l
  where l.stays and s.id = l.contact returning 1),
talked as (
  insert into zapfleet.conversations as v (contact_id, instance_name, last_inbound_at)
  select g.contact, g.instance, max(g.at) from given g
  where g.is_stored and not ${isRedirected('g.state')} and (g.talked_at is null or g.talked_at < g.at - ${WRITE_AGAIN_AFTER})
    and (select count(*) from stored) >= 0
  group by 1, 2 order by 1, 2
  on conflict (contact_id, instance_name) do update set last_inbound_at = excluded.last_inbound_at
  where v.last_inbound_at is null or v.last_inbound_at < excluded.last_inbound_at returning 1),
opened as materialized (
  select string_agg(distinct g.hash, '') hashes from given g, moment
  where g.is_stored and not ${isRedirected('g.state')} and (g.talked_at is null or g.talked_at < moment.at - ${REPLY_WITHIN} + ${WRITE_AGAIN_AFTER})
    and (select count(*) from talked) >= 0)
select (select coalesce(bool_or(i.etiquetas <> '{}'), false) from public.whatsapp_instances i where i.nome = any($2::text[])) has_pools,
  coalesce((select json_agg(m.ord) from (
    select l.ord from locked l where not l.stays union all select n.ord from newest n where n.has_row is null) m), '[]') moves,
  coalesce((select json_agg(json_build_array(g.ord, g.state)) from given g where ${isRedirected('g.state')}), '[]') redirects,
  ${announceSql('opened')}`,
  )
}

export type StoredInboundsRow = {
  /** Some of the instances have tags. */
  has_pools: boolean
  moves: number[]
  redirects: [ord: number, state: string][]
  hashes: string | null
}

/**
 * Makes the number that a contact wrote to its number in each pool of that number, forward only: an older message than the newest that the
 * contact wrote to the pool changes nothing. Parameters: $1 moment, then arrays, one item for each message: $2 instance, $3 contact, $4 when,
 * $5 the hash of the contact, $6 whether a contact that is not stored is stored. Contacts that are ids of others must not be in them.
 *
 * Returns `hashes` of contacts whose number in a pool changed, which are announced.
 */
export const storePoolInboundsStatement: Statement = statement(
  'store_pool_inbounds',
  `with ${INSTANT},
given as materialized (
  select distinct on (g.contact, t.pool) g.contact, t.pool, g.instance, least(g.at, moment.at) at, g.hash
  from unnest($2::text[], $3::text[], $4::timestamptz[], $5::text[], $6::bool[]) g(instance, contact, at, hash, is_made)
    cross join moment join public.whatsapp_instances i on i.nome = g.instance and i.removida_em is null
    cross join unnest(i.etiquetas) t(pool)
  where t.pool is not null and (g.is_made or exists (select from zapfleet.contacts s where s.id = g.contact)
    or exists (select from zapfleet.conversations v where v.contact_id = g.contact))
  order by g.contact, t.pool, g.at desc, g.instance),
newer as materialized (
  select g.*, p.preferred_instance is distinct from g.instance is_moved from given g
    left join lateral (select * from zapfleet.pool_contacts p where p.contact_id = g.contact and p.pool = g.pool offset 0) p on true
  where p.last_inbound_at is null or p.last_inbound_at < g.at),
stored as (
  insert into zapfleet.pool_contacts as p (contact_id, pool, preferred_instance, last_inbound_at)
  select n.contact, n.pool, n.instance, n.at from newer n order by 1, 2
  on conflict (contact_id, pool) do update set preferred_instance = excluded.preferred_instance, last_inbound_at = excluded.last_inbound_at
  where p.last_inbound_at is null or p.last_inbound_at < excluded.last_inbound_at returning 1),
moved as materialized (
  select string_agg(distinct n.hash, '') hashes from newer n where n.is_moved and (select count(*) from stored) >= 0)
select ${announceSql('moved')}`,
)

/**
 * Gives contacts the number that they wrote to, and stores that message as their newest, if it is newer than the stored one. Locks as
 * in the claim: rows of clientes by id, contacts by id, then new contacts by hash. The bot may hold a row of clientes in a transaction
 * of its own: that contact is `busy`, and no other waits for it.
 *
 * A contact is `busy` as well where the snapshot of the statement has no row of it and another message stored one meanwhile. This statement then holds
 * the lock of a new contact; to wait for the row would be a deadlock with a process that has locked the row and waits for that lock.
 *
 * A contact of which a newer message was stored meanwhile is not locked.
 *
 * A contact that is in `clientes` gets its number there, as in the claim; in its row of the side table only where one is stored.
 *
 * Parameters: as above without $8, one item for each contact; $8 ids in clientes and $9 the contact of each.
 *
 * Returns `busy`: the places of contacts to be tried again; `redirects` as above; `hashes` of contacts that moved, which are announced.
 */
export function moveContactsStatement(clients: ClientIds): Statement {
  const { kind, sqlType: type, table } = clients
  const isClientesUsed = kind !== 'none'
  const lock = isClientesUsed ? 'order by c.id for no key update of c skip locked' : ''
  const isFree = isFreeSql(clients, 'g', 'g.forms', 'g.client is null')
  return statement(
    `move_contacts_${kind}`,
    `with ${INSTANT},
given as materialized (
  select g.ord::int, g.instance, g.contact, least(g.at, moment.at) at, g.client, g.forms, g.hash
  from unnest($2::text[], $3::text[], $4::timestamptz[], $5::${type}[], $6::text[], $7::text[]) with ordinality
      g(instance, contact, at, client, forms, hash, ord) cross join moment
  where ${isOurs('g.instance')} and not exists (select from zapfleet.contacts s where s.id = g.contact and s.last_inbound_at >= least(g.at, moment.at))),
locked_clients as materialized (
  select c.id, m.contact, nullif(c.instancia_preferida, '') preferred
  from unnest($8::${type}[], $9::text[]) m(id, contact) join given g on g.contact = m.contact join ${table} c on c.id = m.id ${lock}),
locked_contacts as materialized (
  select s.id, s.state, s.preferred_instance preferred, s.last_inbound_at last_at from zapfleet.contacts s
  where s.id = any(array(select g.contact from given g)) and (select count(*) from locked_clients) >= 0 order by s.id for no key update of s),
new_contacts as materialized (
  select f.contact, zapfleet.lock_new_contact(f.contact, ${clientsArray(clients, 'f.client', 'f.forms')}) found
  from (select g.contact, g.client, g.forms from given g left join locked_contacts s on s.id = g.contact
        where s.preferred is null and (select count(*) from locked_contacts) >= 0 order by hashtext(g.contact), g.contact) f),
checked as materialized (
  select g.*, l.contact is not null in_clients, coalesce(s.state, f.found[1], ${hashedState('g.contact')}) state, s.last_at,
    ${isFree} and (s.id is not null or f.contact is null or zapfleet.last_inbound_of(g.contact, f.found) is null) free
  from given g
    left join (select contact, count(*) rows from locked_clients group by contact) l on l.contact = g.contact
    left join locked_contacts s on s.id = g.contact
    left join new_contacts f on f.contact = g.contact
  where (select count(*) from new_contacts) >= 0),
moves as materialized (
  select * from checked c where c.free and not ${isRedirected('c.state')} and (c.last_at is null or c.last_at < c.at)),
${
  isClientesUsed
    ? `updated_clients as (
  update public.clientes c set instancia_preferida = m.instance from moves m join locked_clients l on l.contact = m.contact
  where c.id = l.id and c.instancia_preferida is distinct from m.instance returning 1),
`
    : ''
}stored as (
  insert into zapfleet.contacts as s (id, state, preferred_instance, last_inbound_at, last_inbound_instance)
  select m.contact, m.state, case when not m.in_clients then m.instance end, m.at, m.instance from moves m order by 1
  on conflict (id) do update set last_inbound_at = excluded.last_inbound_at, last_inbound_instance = excluded.last_inbound_instance,
    preferred_instance = case when s.preferred_instance is null then excluded.preferred_instance else excluded.last_inbound_instance end
  returning 1),
moved as materialized (select string_agg(distinct m.hash, '') hashes from moves m)
select coalesce((select json_agg(c.ord) from checked c where not c.free), '[]') busy,
  coalesce((select json_agg(json_build_array(c.ord, c.state)) from checked c where c.free and ${isRedirected('c.state')}), '[]') redirects,
  ${announceSql('moved')}`,
  )
}

export type MovedContactsRow = {
  busy: number[]
  redirects: [ord: number, state: string][]
  hashes: string | null
}
