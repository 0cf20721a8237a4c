import { clientsArray, clientsNumber, hasForms, sideRow } from '../contact/contact-sql.ts'
import { kindSql } from '../contact/conversations.ts'
import type { ClientIds } from '../ground/client-ids.ts'
import { MOMENT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import {
  CAN_PROBE,
  CAN_PROBE_RESTRICTED,
  CAN_SEND,
  COUNTERS,
  IS_DUPLICATE,
  IS_FAILING,
  IS_RESTRICTED,
  MANAGED,
  PRIORITY,
  RESTRAINTS,
  RESTRAINTS_WITHOUT_SOURCE,
  SERVES_ALL,
} from '../instance/counters-sql.ts'

/**
 * The claim: one autocommit statement that turns a batch of ranked reserves into counted sends, or returns why not.
 *
 * Invariants, whatever the ranking used:
 * - Locks are taken in one order by every writer: instances by name, contacts by id, first contacts by hash, keys by key.
 *   CTEs run when they are read, so the order is forced by data: `(select count(*) from …) >= 0`.
 * - The row that goes into `reservations` IS the grant: counters and preferences follow the rows that went in, so no seat is
 *   lost or invented, and a contact gets no preference without a reservation.
 * - Compare-and-set: a reserve is granted only if the contact's number is the one that the ranking used, and the contact has no
 *   state: it is not blocked, and it is no id of another contact.
 * - Counters are computed from the locked rows, in windows that never move back.
 *
 * A contact whose number stays is only read, not locked: its grant is as if it came before any move of the same instant.
 * This halves what a batch writes, since row locks are written to the log too.
 *
 * The bot may hold a row of clientes in a transaction of its own while it waits for this reserve: a contact that moves and
 * cannot be locked at once is `busy` and is tried again, and no other reserve waits for it.
 *
 * CTEs are joined on plain columns and filtered late: a filter makes the planner take a CTE for one row, and it then
 * compares each row of one with each row of the other. So `locked` holds removed instances too, which are never `can_send`.
 *
 * Rows are found by `count(*)`, since the planner may turn EXISTS into a search that reads the whole table.
 *
 * A batch in which no contact moves, the usual case, uses the same statement without the parts that move: setting up a dozen
 * idle plan nodes costs a single reserve a third of its time.
 *
 * Parameters: $1 moment, $2 zone, then arrays, one item a reserve: $3 reservation id, $4 contact, $5 the contact as an id of
 * clientes, $6 cached preference, $7 instance, $8 place among the reserves for that instance (1 is first), $9 strategy, $10
 * preference outcome, $11 idempotency key, $12 input hash; then $13 the distinct instances; again one item a reserve, $14 the owners,
 * $15 the kinds, null to read it, $16 the ids of the contact in clientes where it may have several, as the text of an array, and $17 the
 * contact as the caller wrote it where that is not $4; $16 and $17 are null where they would hold nothing but nulls. Where some move:
 * $18 which ones move, one item a reserve; then lists: $19 contacts that move; $20 their ids in clientes and $21 the contact of each;
 * $22 contacts cached without a number, $23 their ids in clientes, and $24 as $16. The last parameter of the statement that reads
 * conversations, $18 or $25: which reserves are the probe of a restricted instance, at most one of an instance.
 *
 * Most batches use numbers that serve every contact, and the kinds of their messages are remembered, or there is no contact. They use
 * the statement without the parts for the others. An instance that is restricted or fails then serves no contact; its state comes back
 * with the answer, and the reserve is tried again.
 *
 * A restricted instance serves its own contacts, those that are known to it, and one new contact as a probe, when it is due. A failing
 * one serves one probe: the first reserve of a contact whose own number it is, when it is due.
 *
 * Returns one row: `at`, `seats` (SeatRow and the grants, each), `denied` ([ord, why, present preference, state]), `kinds` ([ord, kind]
 * of those that were read).
 */
export function claimStatement(
  clients: ClientIds,
  some: 'move' | 'stay',
  reads: 'conversations' | 'nothing',
): Statement {
  const { kind: clientsKind, sqlType: type } = clients
  const isReading = reads === 'conversations'
  const parts = some === 'move' ? moving(clients, isReading) : staying(clients, isReading)
  const isOwn = '(checked.contact is not null and checked.present is not distinct from checked.instance)'
  const read = kindSql('checked.contact', 'checked.instance')
  const moment = isReading ? ', moment' : ''
  const kind = isReading
    ? `case when checked.contact is not null then coalesce(checked.kind, ${read}) end`
    : 'checked.kind'
  const kinds = isReading
    ? `(select json_agg(json_build_array(checked.ord, inserted.kind)) filter (where checked.kind is null and inserted.kind is not null)
   from checked join inserted using (id))`
    : 'null::json'
  const isWithin =
    'checked.place <= least(locked.hourly_capacity - locked.sent_this_hour, locked.daily_capacity - locked.sent_today)'
  const serves = isReading
    ? `(locked.can_send and (not locked.is_restricted or ${isOwn} or (checked.contact is not null and (${read} <> 'new' or checked.probes and locked.can_probe_restricted)))
      or locked.can_probe and checked.place = 1 and ${isOwn})`
    : 'locked.can_send'
  const fits = `(${isWithin} and ${serves})`
  const limits = isReading
    ? `${IS_FAILING} is_failing, ${IS_RESTRICTED} is_restricted, ${MANAGED} and ${CAN_PROBE} can_probe, ${CAN_PROBE_RESTRICTED} can_probe_restricted,`
    : ''
  const probe = isReading
    ? ', sondada_em = case when s.is_failing or s.is_probed then s.at else w.sondada_em end'
    : ''
  const restraints = isReading
    ? 'case when s.is_failing and s.grants > 0 or s.is_probed then json_build_array(s.is_failing, s.is_restricted, s.restraints->2, extract(epoch from s.at) * 1000, s.restraints->4) else s.restraints end'
    : 's.restraints'
  const isProbed = isReading
    ? `,
    case when locked.is_restricted and locked.can_probe_restricted
      then (select count(*) from checked join inserted using (id) where checked.instance = locked.nome and checked.probes) > 0 else false end is_probed`
    : ''
  return statement(
    `claim_${some}_${reads}_${clientsKind}`,
    `with ${MOMENT},
reserves as (
  select * from unnest($3::uuid[], $4::text[], $5::${type}[], $6::text[], $7::text[], $8::int[], $9::text[], $10::text[], $11::text[], $12::text[], $14::text[], $15::text[], $16::text[], $17::text[]${parts.parameter})
  with ordinality as reserves(id, contact, client, expected, instance, place, strategy, preference, key, hash, owner, kind, forms, contact_as${parts.column}, ord)),
locked as materialized (
  select i.nome, moment.at, ${COUNTERS}, i.status, i.pausada, ${PRIORITY} priority, i.ultima_msg_at, ${IS_DUPLICATE} is_duplicate, ${isReading ? RESTRAINTS : RESTRAINTS_WITHOUT_SOURCE} restraints, ${limits}
    ${MANAGED} managed, ${MANAGED} and ${isReading ? CAN_SEND : SERVES_ALL} can_send
  from public.whatsapp_instances i, moment where i.nome = any($13::text[])
  order by i.nome for no key update of i),
${parts.contacts},
inserted as (
  insert into zapfleet.reservations
    (id, instance_name, contact_id, strategy, preference, idempotency_key, input_hash, hour_window, day_window, reserved_at, owner, contact_as, kind)
  select checked.id, checked.instance, checked.contact, checked.strategy, checked.preference, checked.key, checked.hash,
    locked.hour_window, locked.day_window, locked.at, checked.owner, checked.contact_as,
    ${kind}
  from checked join locked on locked.nome = checked.instance${moment} where ${fits} and checked.agrees
  order by checked.key, checked.id
  on conflict (idempotency_key) where idempotency_key is not null do nothing
  returning id, instance_name${isReading ? ', kind' : ''}),
seats as materialized (
  select locked.*, coalesce(g.grants, 0) grants${isProbed} from locked
  left join (select instance_name, count(*)::int grants from inserted group by 1) g on g.instance_name = locked.nome),
counted as (
  update public.whatsapp_instances w
  set msgs_enviadas_hora = s.sent_this_hour + s.grants, msgs_enviadas_dia = s.sent_today + s.grants, 
    janela_hora = s.hour_window, janela_dia = s.day_window, ultima_msg_at = greatest(s.ultima_msg_at, s.at)${probe}
  from seats s where s.grants > 0 and w.nome = s.nome returning 1)${parts.writes}
select (select at from moment) at,
  (select json_agg(json_build_array(s.nome, s.status, s.pausada, s.hourly_capacity, s.daily_capacity, s.sent_this_hour + s.grants, s.sent_today + s.grants,
     s.priority, extract(epoch from case when s.grants > 0 then greatest(s.ultima_msg_at, s.at) else s.ultima_msg_at end) * 1000, s.is_duplicate,
     ${restraints})) from seats s where s.managed) seats,
  (select json_agg(json_build_array(checked.ord, case
     when checked.key is not null and (select count(*) from zapfleet.reservations r where r.idempotency_key = checked.key) > 0 then 'key'
     when not checked.free then 'busy'
     when not checked.agrees then 'stale'
     when checked.key is not null and ${fits} then 'key'
     else 'full' end, checked.present, checked.state))
   from checked left join inserted using (id) left join locked on locked.nome = checked.instance${moment} where inserted.id is null) denied,
  ${kinds} kinds`,
  )
}

/**
 * The parts of the statement that differ. `contacts` ends in CTE `checked`: the reserves with the `state` and the `present` number of
 * each contact (null without one), whether it was `free` to be locked, if it had to be, and whether it `agrees` with the cached
 * one. `offset 0` keeps the planner from reading each contact once for every mention of its number.
 */
type Parts = Record<'parameter' | 'column' | 'contacts' | 'writes', string>

const AGREES = 'c.contact is null or (c.state is null and c.present is not distinct from c.expected)'

/** No contact moves: contacts are read, none is locked or written. */
function staying(clients: ClientIds, isReading: boolean): Parts {
  return {
    parameter: isReading ? ', $18::bool[]' : '',
    column: isReading ? ', probes' : '',
    contacts: `checked as materialized (
  select c.*, ${AGREES} agrees from (
    select r.*, true free, r.side[1] state, case when r.contact is not null then coalesce(${clientsNumber(clients, 'r.client', 'r.forms')}, r.side[2]) end present
    from (select reserves.*, ${sideRow('reserves.contact')} side from reserves offset 0) r offset 0) c)`,
    writes: '',
  }
}

/**
 * Contacts that move are locked, read again, and written after the reservations went in. A contact in both tables is written
 * in both: a claim whose snapshot is older than the row in clientes finds the present number in the other. A contact with several rows
 * in clientes is written in all of them.
 */
function moving(clients: ClientIds, isReading: boolean): Parts {
  const { kind, sqlType: type, table } = clients
  const isClientesUsed = kind !== 'none'
  const lock = isClientesUsed ? 'order by c.id for no key update of c skip locked' : ''
  const stored = (condition: string): string =>
    isClientesUsed ? `(select count(*) from ${table} c where c.id ${condition})` : '0'
  const isFree = `case when not r.moves or r.client is null then true
      ${hasForms(kind) ? `when r.forms is not null then coalesce(l.rows, 0) = ${stored(`= any(r.forms::${type}[])`)}` : ''}
      else l.contact is not null or ${stored('= r.client')} = 0 end`
  return {
    parameter: isReading ? ', $18::bool[], $25::bool[]' : ', $18::bool[]',
    column: isReading ? ', moves, probes' : ', moves',
    contacts: `locked_clients as materialized (
  select c.id, m.contact, nullif(c.instancia_preferida, '') preferred
  from unnest($20::${type}[], $21::text[]) m(id, contact) join ${table} c on c.id = m.id
  where (select count(*) from locked) >= 0 ${lock}),
locked_contacts as materialized (
  select s.id, s.state, s.preferred_instance preferred from zapfleet.contacts s
  where s.id = any($19::text[]) and (select count(*) from locked_clients) >= 0 order by s.id for no key update of s),
new_contacts as materialized (
  select f.id, zapfleet.lock_new_contact(f.id, ${clientsArray(clients, 'f.client', 'f.forms')}) found
  from (select id, client, forms from unnest($22::text[], $23::${type}[], $24::text[]) f(id, client, forms)
        where (select count(*) from locked_contacts) >= 0 order by hashtext(id), id) f),
checked as materialized (
  select c.*, c.free and (${AGREES}) agrees from (
  select r.*, l.contact is not null in_clients, ${isFree} free,
    case when r.moves then coalesce(locked_contacts.state, new_contacts.found[1]) else r.side[1] end state,
    case when r.contact is null then null
      when r.moves then coalesce(l.preferred, locked_contacts.preferred, new_contacts.found[2])
      else coalesce(${clientsNumber(clients, 'r.client', 'r.forms')}, r.side[2]) end present
  from (select reserves.*, case when not reserves.moves then ${sideRow('reserves.contact')} end side from reserves
        where (select count(*) from new_contacts) >= 0 offset 0) r
    left join (select contact, min(preferred) preferred, count(*) rows from locked_clients group by contact) l on r.moves and l.contact = r.contact
    left join locked_contacts on r.moves and locked_contacts.id = r.contact
    left join new_contacts on r.moves and new_contacts.id = r.contact offset 0) c)`,
    writes: `,
moves as materialized (
  select distinct checked.contact, checked.in_clients, checked.instance from checked join inserted using (id) where checked.moves),
${
  isClientesUsed
    ? `updated_clients as (
  update public.clientes c set instancia_preferida = moves.instance from moves join locked_clients l on l.contact = moves.contact where c.id = l.id returning 1),
`
    : ''
}inserted_contacts as (
  insert into zapfleet.contacts (id, preferred_instance) select moves.contact, moves.instance from moves where not moves.in_clients order by 1
  on conflict (id) do update set preferred_instance = excluded.preferred_instance returning 1),
updated_contacts as (
  update zapfleet.contacts s set preferred_instance = moves.instance from moves where moves.in_clients and s.id = moves.contact returning 1)`,
  }
}
