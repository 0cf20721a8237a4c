import type { ClientIds } from '../ground/client-ids.ts'
import { MOMENT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { COUNTERS, MANAGED } from '../instance/counters-sql.ts'

/**
 * The claim: one autocommit statement that turns a batch of ranked reserves into counted sends, or says why not.
 *
 * What holds, whatever the ranking believed:
 * - Locks are taken in one order by every writer: instances by name, contacts by id, first contacts by hash, keys by key.
 *   CTEs run when they are read, so the order is forced by data: `(select count(*) from …) >= 0`.
 * - The row that goes into `reservations` IS the grant: counters and preferences follow the rows that went in, so no seat
 *   is lost or invented, and a contact gets no preference without a reservation.
 * - Compare-and-set: a reserve is granted only if the contact's number still is what the ranking believed.
 * - Counters are computed from the locked rows, in windows that never move back.
 *
 * A contact whose number stays is only read, not locked: its grant is as if it came before any move of the same instant.
 * This halves what a batch writes, since row locks are written to the log too.
 *
 * A row of clientes is the bot's, who may hold it in a transaction of its own while it waits for us: who moves and cannot be
 * locked at once is `busy` and comes again, and nobody else waits for it.
 *
 * CTEs are joined on plain columns and filtered late: a filter makes the planner take a CTE for one row, and it then compares
 * each row of one with each row of the other. So `li` holds removed instances too, which are never `up`.
 *
 * Rows are looked for by `count(*)`, since the planner may turn EXISTS into a search that reads the whole table.
 *
 * A batch in which nobody moves, the steady state, goes by the same statement without the parts that move: setting up
 * a dozen idle plan nodes costs a lone call a third of its time.
 *
 * Parameters: $1 moment, $2 zone, then arrays, one item a reserve: $3 reservation id, $4 contact, $5 the contact as an id of
 * clientes, $6 believed preference, $7 instance, $8 place among the reserves for that instance (1 is first), $9 strategy,
 * $10 preference outcome, $11 idempotency key, $12 input hash; then $13 the distinct instances and $14 the owners, one item a reserve. Where some move: $15 who
 * moves, one item a reserve; then distinct lists: $16 contacts that move, $17 those of them that may be in clientes, $18
 * contacts believed to have no number and $19 the same as ids of clientes.
 *
 * Answers one row: `at`, `seats` (SeatRow and the grants, each), `denied` ([ord, why, present preference]).
 */
export function claimStatement(clients: ClientIds, some: 'move' | 'stay'): Statement {
  const { kind, sqlType: type, table } = clients
  const present = `coalesce((select min(nullif(c.instancia_preferida, '')) from ${table} c where c.id = a.client),
    (select s.preferred_instance from zapfleet.contacts s where s.id = a.contact))`
  const parts = some === 'move' ? moving(clients, present) : staying(present)
  const fits = '(li.up and b.place <= least(li.ch - li.sh, li.cd - li.sd))'
  return statement(
    `claim_${some}_${kind}`,
    `with ${MOMENT},
a as (
  select * from unnest($3::uuid[], $4::text[], $5::${type}[], $6::text[], $7::text[], $8::int[], $9::text[], $10::text[], $11::text[], $12::text[], $14::text[]${parts.parameter})
  with ordinality as a(id, contact, client, believed, instance, place, strategy, preference, key, hash, owner${parts.column}, ord)),
li as materialized (
  select i.nome, k.at, ${COUNTERS}, i.status, i.pausada, coalesce(i.prioridade, 1) prio, i.ultima_msg_at, i.duplicata_de is not null dup,
    ${MANAGED} managed, ${MANAGED} and i.status in ('connected', 'open') and not i.pausada and i.duplicata_de is null up
  from public.whatsapp_instances i, k where i.nome = any($13::text[])
  order by i.nome for no key update of i),
${parts.contacts},
ins as (
  insert into zapfleet.reservations
    (id, instance_name, contact_id, strategy, preference, idempotency_key, input_hash, hour_window, day_window, reserved_at, owner)
  select b.id, b.instance, b.contact, b.strategy, b.preference, b.key, b.hash, li.h, li.d, li.at, b.owner
  from b join li on li.nome = b.instance where ${fits} and b.agrees
  order by b.key, b.id
  on conflict (idempotency_key) where idempotency_key is not null do nothing
  returning id, instance_name),
seat as materialized (
  select li.*, coalesce(g.n, 0) n from li left join (select instance_name, count(*)::int n from ins group by 1) g on g.instance_name = li.nome),
cnt as (
  update public.whatsapp_instances w
  set msgs_enviadas_hora = s.sh + s.n, msgs_enviadas_dia = s.sd + s.n, janela_hora = s.h, janela_dia = s.d, ultima_msg_at = greatest(s.ultima_msg_at, s.at)
  from seat s where s.n > 0 and w.nome = s.nome returning 1)${parts.writes}
select (select at from k) at,
  (select json_agg(json_build_array(s.nome, s.status, s.pausada, s.ch, s.cd, s.sh + s.n, s.sd + s.n, s.prio,
     extract(epoch from case when s.n > 0 then greatest(s.ultima_msg_at, s.at) else s.ultima_msg_at end) * 1000, s.dup)) from seat s where s.managed) seats,
  (select json_agg(json_build_array(b.ord, case
     when b.key is not null and (select count(*) from zapfleet.reservations r where r.idempotency_key = b.key) > 0 then 'key'
     when not b.free then 'busy'
     when not b.agrees then 'stale'
     when b.key is not null and ${fits} then 'key'
     else 'full' end, b.present))
   from b left join ins using (id) left join li on li.nome = b.instance where ins.id is null) denied`,
  )
}

/**
 * The parts of the statement that differ. `contacts` ends in CTE `b`: the reserves with the `present` number of each contact
 * (null without one), whether it was `free` to be locked, if it had to be, and whether all `agrees` with what was believed.
 * `offset 0` keeps the planner from looking each contact up once for every mention of its number.
 */
type Parts = Record<'parameter' | 'column' | 'contacts' | 'writes', string>

/** Nobody moves: contacts are read, none is locked or written. */
function staying(present: string): Parts {
  return {
    parameter: '',
    column: '',
    contacts: `b as materialized (
  select a.*, true free, c.present, a.contact is null or c.present is not distinct from a.believed agrees
  from a, lateral (select case when a.contact is not null then ${present} end present offset 0) c)`,
    writes: '',
  }
}

/**
 * Contacts that move are locked, looked at again, and written after the reservations went in. Who is in both tables is
 * written in both: a claim whose snapshot is older than the row in clientes finds the present number in the other.
 */
function moving({ kind, sqlType: type, table }: ClientIds, present: string): Parts {
  const isClientesUsed = kind !== 'none'
  const lock = isClientesUsed ? 'order by c.id for no key update of c skip locked' : ''
  const isClient = isClientesUsed ? `(select count(*) from ${table} c where c.id = a.client) > 0` : 'false'
  return {
    parameter: ', $15::bool[]',
    column: ', moves',
    contacts: `lc as materialized (
  select c.id, nullif(c.instancia_preferida, '') pref from ${table} c
  where c.id = any($17::${type}[]) and (select count(*) from li) >= 0 ${lock}),
ls as materialized (
  select s.id, s.preferred_instance pref from zapfleet.contacts s
  where s.id = any($16::text[]) and (select count(*) from lc) >= 0 order by s.id for no key update of s),
lf as materialized (
  select f.id, zapfleet.lock_first_contact(f.id, f.client) pref
  from (select id, client from unnest($18::text[], $19::${type}[]) f(id, client)
        where (select count(*) from ls) >= 0 order by hashtext(id), id) f),
b as materialized (
  select c.*, c.free and (c.contact is null or c.present is not distinct from c.believed) agrees from (
  select a.*, lc.id is not null in_clients, not (a.moves and a.client is not null and lc.id is null and ${isClient}) free,
    case when a.contact is null then null when a.moves then coalesce(lc.pref, ls.pref, lf.pref) else ${present} end present
  from a left join (select id, min(pref) pref from lc group by id) lc on a.moves and lc.id = a.client
    left join ls on a.moves and ls.id = a.contact left join lf on a.moves and lf.id = a.contact
  where (select count(*) from lf) >= 0 offset 0) c)`,
    writes: `,
mv as materialized (
  select distinct b.contact, b.client, b.in_clients, b.instance from b join ins using (id) where b.moves),
${
  isClientesUsed
    ? `mc as (
  update public.clientes c set instancia_preferida = mv.instance from mv where mv.in_clients and c.id = mv.client returning 1),
`
    : ''
}ms as (
  insert into zapfleet.contacts (id, preferred_instance) select mv.contact, mv.instance from mv where not mv.in_clients order by 1
  on conflict (id) do update set preferred_instance = excluded.preferred_instance returning 1),
mu as (
  update zapfleet.contacts s set preferred_instance = mv.instance from mv where mv.in_clients and s.id = mv.contact returning 1)`,
  }
}
