import {
  clientsArray,
  clientsNumber,
  hasForms,
  hashedState,
  isFreeSql,
  sideRow,
} from '../contact/contact-sql.ts'
import { kindSql, owesSql } from '../contact/conversations.ts'
import type { ClientIds } from '../ground/client-ids.ts'
import { commitsBy } from '../ground/flush.ts'
import { MOMENT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import {
  CAN_PROBE,
  CAN_PROBE_RESTRICTED,
  CAN_SEND,
  COUNTERS,
  COUNTS_NEW,
  HAS_GAP,
  HOURS,
  IS_DRAINING,
  IS_DUPLICATE,
  IS_FAILING,
  IS_OPEN,
  IS_RESTRICTED,
  IS_TIMED,
  MANAGED,
  MIN_GAP,
  NEW_ROOM,
  NEW_THIS_HOUR,
  NEW_TODAY,
  PRIORITY,
  RESTRAINTS,
  SERVES_ALL,
  TAGS,
} from '../instance/counters-sql.ts'
import {
  type ClaimColumn,
  type ClaimForm,
  type ClaimList,
  columnsOf,
  listsOf,
  moversOf,
} from './claim-form.ts'
import type { Pick } from './rank.ts'

/**
 * The claim: one autocommit statement that turns a batch of ranked reserves into counted sends, or returns why not.
 *
 * Invariants, whatever the ranking used:
 * - Locks are taken in one order by every writer: instances by name, contacts by id, first contacts by hash, keys by key.
 *   CTEs run when they are read, so the order is forced by data: `(select count(*) from …) >= 0`.
 * - The row that goes into `reservations` IS the grant: counters and preferences follow the rows that went in, so no seat is
 *   lost or invented, and a contact gets no preference without a reservation.
 * - Compare-and-set: a reserve is granted only if the contact's number is the one that the ranking used, and the contact has no
 *   state: it is not blocked, and it is no id of another contact. A contact that leaves its number does so only if that one cannot
 *   serve it now.
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
 * Parts that no reserve of the batch needs are left out, see ClaimForm. Parameters: $1 moment, $2 zone, then the columns and the lists
 * of the form; the last one is that of `commitsBy`.
 *
 * Most batches use numbers that serve every contact, and the kinds of their messages are remembered, or there is no contact. They use
 * the statement without the parts for the others. An instance that is restricted or fails then serves no contact; its state comes back
 * with the answer, and the reserve is tried again.
 *
 * A draining instance serves its own contacts and those that are known to it; a restricted one these, and one new contact as a probe, when
 * it is due. A failing one serves one probe: the first reserve of a contact whose own number it is, when it is due.
 *
 * Numbers with a gap between messages or hours are served by the form with `budgets` alone, and so are contacts that are not their own of those
 * with a limit for new contacts; each other form denies them.
 *
 * Returns one row: `at`, `seats` (SeatRow and the grants, each), `denied` ([ord, why, present preference, state]), `kinds` and `slots` (of
 * those that were granted, by reservation id: the kinds that were read, and when those go out that wait, in milliseconds since the epoch).
 */
export function claimQuery(clients: ClientIds, form: ClaimForm): ClaimQuery {
  const columns = columnsOf(clients, form)
  const lists = listsOf(clients, form)
  return {
    statement: claimStatement(clients, form, columns, lists),
    valuesOf(picks) {
      const movers = form.moves ? moversOf(picks) : []
      return [...columns.map(({ of }) => picks.map(of)), ...lists.map(({ of }) => of(picks, movers))]
    },
  }
}

/** A claim of one form. */
export type ClaimQuery = {
  readonly statement: Statement
  /** The parameters from $3 on. */
  valuesOf(picks: readonly Pick[]): unknown[]
}

function claimStatement(
  clients: ClientIds,
  form: ClaimForm,
  columns: readonly ClaimColumn[],
  lists: readonly ClaimList[],
): Statement {
  const { keyed, reads, budgets, gaps, pooled } = form
  const names = columns.map((column) => column.name)
  const list: Lists = Object.fromEntries(
    lists.map(({ name, type }, at) => [name, `$${FIRST + columns.length + at}::${type}[]`]),
  )
  const parts = partsOf(clients, form, list)
  const isOwn = '(checked.contact is not null and checked.present is not distinct from checked.instance)'
  const isWithin =
    'checked.place <= least(locked.hourly_capacity - locked.sent_this_hour, locked.daily_capacity - locked.sent_today)'
  const isOpen = budgets ? `(locked.is_open or coalesce(checked.kind = 'reply', false)) and ` : ''
  const serves = reads
    ? `(${isOpen}locked.can_send and (not locked.is_restricted and not locked.is_draining or ${isOwn}
      or (checked.contact is not null and (checked.kind <> 'new' or checked.probes and locked.can_probe_restricted and not locked.is_draining)))
      or locked.can_probe and checked.place = 1 and ${isOwn})`
    : 'locked.can_send'
  // Without the budgets, a number with a limit for new contacts serves its own contacts that owe it no room, and messages without a contact.
  const owes = owesSql('checked.contact', 'checked.instance', 'locked.at')
  const isCounted = budgets
    ? ''
    : ` and (not locked.counts_new or checked.contact is null or ${isOwn} and not ${owes})`
  const isMember = pooled ? ' and checked.pool = any(locked.tags)' : ''
  const mayGo = `(${isWithin} and ${serves}${isCounted}${isMember})`
  const fits = budgets ? 'checked.goes' : mayGo
  const granted = `${fits} and checked.agrees`
  const grants = budgets ? budgeted(mayGo, isOwn, gaps) : PLAIN
  const untimed = gaps ? '' : ` and not ${budgets ? HAS_GAP : IS_TIMED}`
  const limits = reads
    ? `${budgets ? `${BUDGETS},\n    ` : ''}${IS_FAILING} is_failing, ${IS_RESTRICTED} is_restricted, ${IS_DRAINING} is_draining, ${MANAGED} and ${CAN_PROBE}${budgets ? ` and ${IS_OPEN}` : ''}${untimed} can_probe, ${CAN_PROBE_RESTRICTED} can_probe_restricted,`
    : ''
  const probe = reads
    ? ', sondada_em = case when s.is_failing or s.is_probed then s.at else w.sondada_em end'
    : ''
  // The last probe and the new contacts are as they are after the grants.
  const restraints = reads
    ? `case when s.restraints is not null then json_build_array(s.restraints->0, s.restraints->1, s.restraints->2, s.restraints->3,
      case when s.is_failing and s.grants > 0 or s.is_probed then to_json(extract(epoch from s.at) * 1000) else s.restraints->4 end, s.restraints->5,
      s.restraints->6, s.restraints->7, (s.restraints->>8)::int${grants.newGrants}, (s.restraints->>9)::int${grants.newGrants},
      s.restraints->10, s.restraints->11, s.restraints->12) end`
    : 's.restraints'
  const isProbed = reads
    ? `,
    case when locked.is_restricted and locked.can_probe_restricted
      then (select count(*) from ${grants.from} checked join inserted using (id) where checked.instance = locked.nome and checked.probes) > 0 else false end is_probed`
    : ''
  const kinds = reads
    ? '(select json_object_agg(inserted.id, inserted.kind) from inserted where inserted.kind is not null)'
    : 'null::json'
  const label = `${pooled ? 'pool_' : ''}${form.moves ? 'move' : 'stay'}_${budgets ? (gaps ? 'gaps' : 'budgets') : reads ? 'conversations' : 'nothing'}`
  return statement(
    // PostgreSQL takes 63 characters of a name; the hash at its end distinguishes the kinds of clients.
    `claim_${label}${keyed ? '_keyed' : ''}${form.forms ? '_forms' : ''}${pooled ? '' : `_${clients.kind}`}`,
    `with ${MOMENT},
reserves as (
  select * from unnest(${columns.map(({ type }, at) => `$${at + FIRST}::${type}[]`).join(', ')})
  with ordinality as reserves(${names.join(', ')}, ord)),
locked as materialized (
  select i.nome, moment.at, ${COUNTERS}, i.status, i.pausada, ${PRIORITY} priority, i.ultima_msg_at, ${IS_DUPLICATE} is_duplicate, ${RESTRAINTS} restraints, ${pooled ? `${TAGS} tags, ` : ''}${limits}
    ${budgets ? '' : `${COUNTS_NEW} counts_new, `}${MANAGED} managed, ${MANAGED} and ${reads ? `${CAN_SEND}${untimed}` : SERVES_ALL} can_send
  from public.whatsapp_instances i, moment where i.nome = any(${list.instances})
  order by i.nome for no key update of i),
${parts.contacts},
${grants.placed}${keyed ? enteredKeys(grants.from, granted) : ''}inserted as (
  insert into zapfleet.reservations
    (id, instance_name, contact_id, strategy, preference, hour_window, day_window, reserved_at, owner, kind${budgets ? ', not_before' : ''}${form.forms ? ', contact_as' : ''}${pooled ? ', pool' : ''})
  select checked.id, checked.instance, checked.contact, checked.strategy, checked.preference, locked.hour_window, locked.day_window, locked.at,
    checked.owner, checked.kind${budgets ? ', case when checked.slot > locked.at then checked.slot end' : ''}${form.forms ? ', checked.contact_as' : ''}${pooled ? ', checked.pool' : ''}
  from ${grants.from} checked join locked on locked.nome = checked.instance
  where ${keyed ? `checked.key is null and ${granted} or checked.id in (select entered.id from entered)` : granted}
  returning id, instance_name${reads ? ', kind' : ''}${budgets ? ', not_before' : ''}),
${grants.charged}seats as materialized (
  select locked.*, coalesce(g.grants, 0) grants${isProbed}${grants.seats} from locked
  left join (select instance_name, count(*)::int grants${grants.lastSlot} from inserted group by 1) g on g.instance_name = locked.nome${grants.newGrantsOf}),
counted as (
  update public.whatsapp_instances w
  set msgs_enviadas_hora = s.sent_this_hour + s.grants, msgs_enviadas_dia = s.sent_today + s.grants,
    janela_hora = s.hour_window, janela_dia = s.day_window, ultima_msg_at = ${grants.lastSentAt}${probe}${grants.counts}
  from seats s where s.grants > 0 and w.nome = s.nome returning 1)${parts.writes}
select (select at from moment) at,
  (select json_agg(json_build_array(s.nome, s.status, s.pausada, s.hourly_capacity, s.daily_capacity, s.sent_this_hour + s.grants, s.sent_today + s.grants,
     s.priority, extract(epoch from case when s.grants > 0 then ${grants.lastSentAt} else s.ultima_msg_at end) * 1000, s.is_duplicate,
     ${restraints}${pooled ? ', to_jsonb(s.tags)' : ''})) from seats s where s.managed) seats,
  (select json_agg(json_build_array(checked.ord, case
     ${keyed ? `when ${IS_KEY_USED} then 'key'` : ''}
     when not checked.free then 'busy'
     when not checked.agrees then 'stale'
     ${keyed ? `when checked.key is not null and ${fits} then 'key'` : ''}
     else 'full' end, checked.present, checked.state))
   from ${grants.from} checked left join inserted using (id)${keyed ? ' left join locked on locked.nome = checked.instance' : ''} where inserted.id is null) denied,
  ${kinds} kinds, ${grants.slots} slots, ${commitsBy(FIRST + columns.length + lists.length)}`,
  )
}

/** The parts of the statement that budgets change. `from` holds the reserves with what was checked of them. */
type Grants = Record<
  | 'from'
  | 'placed'
  | 'charged'
  | 'seats'
  | 'newGrantsOf'
  | 'lastSlot'
  | 'lastSentAt'
  | 'counts'
  | 'newGrants'
  | 'slots',
  string
>

const PLAIN: Grants = {
  from: 'checked',
  placed: '',
  charged: '',
  seats: '',
  newGrantsOf: '',
  lastSlot: '',
  lastSentAt: 'greatest(s.ultima_msg_at, s.at)',
  counts: '',
  newGrants: '',
  slots: 'null::json',
}

/** What `locked` holds of the budgets of instance `i`. */
const BUDGETS = `${COUNTS_NEW} counts_new, ${NEW_THIS_HOUR} new_this_hour, ${NEW_TODAY} new_today, ${NEW_ROOM}, ${MIN_GAP} min_gap, ${IS_OPEN} is_open, ${HOURS} hours`

/**
 * Budgets. A contact takes room for new contacts where its message is of the kind `new`, the number is not its own, and the number did not
 * count it today: its mark in the conversation. Each of its reserves in a batch needs room, and they are counted once. Another claim may have
 * marked it since this statement began; then nothing is counted twice, since the row that is written decides.
 *
 * A message on a number with a gap gets the next slot: the gap after the last message, or now. The reserves of a batch get one after another,
 * without those that are refused for other reasons. A slot lies in the hour that is charged, and is rounded up to the millisecond, so that the
 * answer is never early.
 */
function budgeted(mayGo: string, isOwn: string, gaps: boolean): Grants {
  const isMarked = `coalesce((select v.new_at >= p.day_window from zapfleet.conversations v
      where v.contact_id = p.contact and v.instance_name = p.instance), false)`
  const inTime = (slot: string): string =>
    `(${slot} <= p.at or ${slot} <= p.at + make_interval(secs => p.max_wait_ms / 1000.0) and ${slot} < p.hour_window + interval '1 hour'
      and (p.hours is null or coalesce(p.kind = 'reply', false) or zapfleet.is_open(p.hours, ${slot}, $2::text)))`
  const perInstance = 'over (partition by p.instance order by p.ord)'
  const slot = gaps
    ? `select p.*, p.may and ${inTime('p.slot')} goes from (
    select p.*, p.first_slot + (count(*) filter (where p.may) ${perInstance} - 1) * p.min_gap slot from`
    : 'select p.*, p.may goes, p.at slot from'
  return {
    from: 'placed',
    placed: `placed as materialized (
  ${slot} (
      select p.*, p.may_go and (not p.is_new or count(*) filter (where p.is_new) ${perInstance} <= p.new_room)${gaps ? ` and ${inTime('p.first_slot')}` : ''} may from (
        select p.*, p.may_go and p.may_be_new and not ${isMarked} is_new from (
          select checked.*, locked.at, locked.hour_window, locked.day_window, locked.min_gap, checked.agrees and ${mayGo} may_go,
            coalesce(locked.counts_new and (checked.kind = 'new' and not ${isOwn} or ${owesSql('checked.contact', 'checked.instance', 'locked.at')}) and checked.contact not like '%@g.us', false) may_be_new,
            least(locked.new_room_hour, locked.new_room_day) new_room${
              gaps
                ? `, locked.hours,
            case when locked.min_gap > interval '0' and locked.ultima_msg_at + locked.min_gap > locked.at
              then date_trunc('milliseconds', locked.ultima_msg_at + locked.min_gap + interval '999 microseconds') else locked.at end first_slot`
                : ''
            }
          from checked left join locked on locked.nome = checked.instance offset 0) p offset 0) p) p${gaps ? ') p' : ''}),
`,
    charged: `charged as (
  insert into zapfleet.conversations as v (contact_id, instance_name, new_at)
  select distinct c.contact, c.instance, greatest(c.at, c.hour_window, c.day_window) from (
    select checked.contact, checked.instance, checked.at, checked.hour_window, checked.day_window, checked.is_new from placed checked join inserted using (id) offset 0) c where c.is_new order by 1, 2
  on conflict (contact_id, instance_name) do update set new_at = excluded.new_at
    where not coalesce(v.new_at >= (select locked.day_window from locked where locked.nome = v.instance_name), false)
  returning v.instance_name),
`,
    seats: ', coalesce(n.grants, 0) new_grants, g.last_slot',
    newGrantsOf: `
  left join (select instance_name, count(*)::int grants from charged group by 1) n on n.instance_name = locked.nome`,
    lastSlot: ', max(not_before) last_slot',
    lastSentAt: 'greatest(s.ultima_msg_at, s.at, s.last_slot)',
    counts: `,
    novos_enviados_hora = case when s.counts_new then s.new_this_hour + s.new_grants else w.novos_enviados_hora end,
    novos_enviados_dia = case when s.counts_new then s.new_today + s.new_grants else w.novos_enviados_dia end,
    novos_janela_hora = case when s.counts_new then s.hour_window else w.novos_janela_hora end,
    novos_janela_dia = case when s.counts_new then s.day_window else w.novos_janela_dia end`,
    newGrants: ' + s.new_grants',
    slots:
      '(select json_object_agg(inserted.id, extract(epoch from inserted.not_before) * 1000) from inserted where inserted.not_before is not null)',
  }
}

/** The place of the first column among the parameters. */
const FIRST = 3

/**
 * Keys go in before the reservations. A reserve with a key is granted where its key went in, and by nothing else, so no key is stored without
 * its reservation.
 */
const enteredKeys = (from: string, granted: string): string => `entered as (
  insert into zapfleet.idempotency_keys as k (key, reservation_id, input_hash, reserved_at)
  select checked.key, checked.id, checked.hash, locked.at from ${from} checked join locked on locked.nome = checked.instance
  where checked.key is not null and ${granted}
  order by checked.key on conflict (key) do nothing returning k.reservation_id id),
`

const IS_KEY_USED =
  'checked.key is not null and (select count(*) from zapfleet.idempotency_keys k where k.key = checked.key) > 0'

/** The parameter of each list, by its name. */
type Lists = Record<string, string>

/**
 * The parts of the statement that differ. `contacts` ends in CTE `checked`: the reserves with the `kind`, the `state` and the `present`
 * number of each contact (null without one), whether it was `free` to be locked, if it had to be, and whether it `agrees` with the cached
 * one. `offset 0` keeps the planner from reading each contact once for every mention of its number.
 */
type Parts = Record<'contacts' | 'writes', string>

/** Whether the number `own` that a contact leaves serves it after all; null where it leaves none. */
const CAN_SERVE_OWN =
  'own.can_send and own.sent_this_hour < own.hourly_capacity and own.sent_today < own.daily_capacity'

/** The columns of `checked`, from `c`: the reserve with `free`, `state` and `present`. */
function checkedColumns({ keyed, forms, moves, reads, budgets, pooled }: ClaimForm): string {
  const kind = reads
    ? `case when c.contact is not null then coalesce(c.kind, ${kindSql('c.contact', 'c.instance')}) end kind, c.probes${budgets ? ', c.max_wait_ms' : ''}`
    : 'c.kind'
  return `c.ord, c.id, c.contact, c.instance, c.place, c.strategy, c.preference, c.owner, ${kind}${keyed ? ', c.key, c.hash' : ''}${forms ? ', c.contact_as' : ''}${pooled ? ', c.pool' : ''}${moves ? `, c.moves${pooled ? '' : ', c.in_clients'}` : ''},
    c.free, c.state, c.present, c.free${moves ? ' and not c.may_stay' : ''} and (c.contact is null or (c.state is null and c.present is not distinct from c.expected)) agrees`
}

function partsOf(clients: ClientIds, form: ClaimForm, list: Lists): Parts {
  if (form.pooled) return form.moves ? movingInPool(form, list) : stayingInPool(form)
  return form.moves ? moving(clients, form, list) : staying(clients, form)
}

/** No contact moves: contacts are read, none is locked or written. */
function staying(clients: ClientIds, form: ClaimForm): Parts {
  const number = clientsNumber(clients, 'r.client', form.forms ? 'r.forms' : null)
  return {
    contacts: `checked as materialized (
  select ${checkedColumns(form)} from (
    select r.*, true free, r.side[1] state, case when r.contact is not null then coalesce(${number}, r.side[2]) end present
    from (select reserves.*, ${sideRow('reserves.contact')} side from reserves offset 0) r offset 0) c${form.reads ? ', moment' : ''})`,
    writes: '',
  }
}

/**
 * Contacts that move are locked, read again, and written after the reservations went in. A contact in both tables is written
 * in both: a claim whose snapshot is older than the row in clientes finds the present number in the other. A contact with several rows
 * in clientes is written in all of them.
 *
 * A contact leaves its number only if that cannot serve it now: a number that came back since it was read, or while the claim waited for
 * its lock, keeps the contact.
 *
 * The lock of a first contact is not taken for one whose row, with a number, is locked by now: a claim with an older snapshot may hold that
 * lock and wait for the row.
 */
function moving(clients: ClientIds, form: ClaimForm, list: Lists): Parts {
  const { kind, table } = clients
  const forms = form.forms && hasForms(kind) ? 'r.forms' : null
  const isClientesUsed = kind !== 'none'
  const lock = isClientesUsed ? 'order by c.id for no key update of c skip locked' : ''
  const isFree = isFreeSql(clients, 'r', forms, 'not r.moves or r.client is null')
  const newForms = list.newForms === undefined ? '' : `, ${list.newForms}`
  return {
    contacts: `locked_clients as materialized (
  select c.id, m.contact, nullif(c.instancia_preferida, '') preferred
  from unnest(${list.moverClients}, ${list.moverClientOf}) m(id, contact) join ${table} c on c.id = m.id
  where (select count(*) from locked) >= 0 ${lock}),
locked_contacts as materialized (
  select s.id, s.state, s.preferred_instance preferred from zapfleet.contacts s
  where s.id = any(${list.movers}) and (select count(*) from locked_clients) >= 0 order by s.id for no key update of s),
new_contacts as materialized (
  select f.id, case when f.preferred is null then zapfleet.lock_new_contact(f.id, ${clientsArray(clients, 'f.client', newForms === '' ? null : 'f.forms')}) end found
  from (select f.*, s.preferred from unnest(${list.newContacts}, ${list.newClients}${newForms}) f(id, client${newForms === '' ? '' : ', forms'})
        left join locked_contacts s on s.id = f.id
        where (select count(*) from locked_contacts) >= 0 order by hashtext(f.id), f.id) f),
checked as materialized (
  select ${checkedColumns(form)} from (
  select r.*, l.contact is not null in_clients, ${isFree} free, coalesce(${CAN_SERVE_OWN}${form.budgets ? ' and own.is_open' : ''}, false) may_stay,
    case when r.moves then coalesce(locked_contacts.state, new_contacts.found[1], ${hashedState('new_contacts.id')}) else r.side[1] end state,
    case when r.contact is null then null
      when r.moves then coalesce(l.preferred, locked_contacts.preferred, new_contacts.found[2])
      else coalesce(${clientsNumber(clients, 'r.client', forms)}, r.side[2]) end present
  from (select reserves.*, case when not reserves.moves then ${sideRow('reserves.contact')} end side from reserves
        where (select count(*) from new_contacts) >= 0 offset 0) r
    left join (select contact, min(preferred) preferred, count(*) rows from locked_clients group by contact) l on r.moves and l.contact = r.contact
    left join locked_contacts on r.moves and locked_contacts.id = r.contact
    left join new_contacts on r.moves and new_contacts.id = r.contact
    left join locked own on own.nome = r.leaves offset 0) c${form.reads ? ', moment' : ''})`,
    writes: `,
moves as materialized (
  select checked.contact, checked.in_clients, checked.instance from checked join inserted using (id) where checked.moves),
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

/** The number of the contact of `r` in its pool: the stored one, else the one that it inherits. */
const numberInPool = (stored: string): string =>
  `coalesce(${stored}, case when r.inherits then r.expected end)`

const STORED_IN_POOL =
  '(select p.preferred_instance from zapfleet.pool_contacts p where p.contact_id = r.contact and p.pool = r.pool)'

/** As `staying`, for messages in pools. */
function stayingInPool(form: ClaimForm): Parts {
  return {
    contacts: `checked as materialized (
  select ${checkedColumns(form)} from (
    select r.*, true free, r.side[1] state, case when r.contact is not null then ${numberInPool(STORED_IN_POOL)} end present
    from (select reserves.*, ${sideRow('reserves.contact')} side from reserves offset 0) r offset 0) c${form.reads ? ', moment' : ''})`,
    writes: '',
  }
}

/**
 * As `moving`, for messages in pools: the row of a contact in its pool is locked and written, and `clientes` is neither. The first number of a
 * contact in a pool is serialised by a lock of both.
 */
function movingInPool(form: ClaimForm, list: Lists): Parts {
  return {
    contacts: `locked_contacts as materialized (
  select p.contact_id, p.pool, p.preferred_instance preferred
  from unnest(${list.movers}, ${list.moverPools}) m(contact, pool) join zapfleet.pool_contacts p on p.contact_id = m.contact and p.pool = m.pool
  where (select count(*) from locked) >= 0 order by p.contact_id, p.pool for no key update of p),
new_contacts as materialized (
  select f.contact, f.pool, case when f.preferred is null then zapfleet.lock_pool_contact(f.contact, f.pool) end found
  from (select f.*, l.preferred from unnest(${list.newContacts}, ${list.newPools}) f(contact, pool)
        left join locked_contacts l on l.contact_id = f.contact and l.pool = f.pool
        where (select count(*) from locked_contacts) >= 0 order by hashtext(f.pool || chr(31) || f.contact), f.contact, f.pool) f),
checked as materialized (
  select ${checkedColumns(form)} from (
  select r.*, true free, coalesce(${CAN_SERVE_OWN}${form.budgets ? ' and own.is_open' : ''} and r.pool = any(own.tags), false) may_stay,
    case when r.moves then coalesce(n.found[1], r.side[1], ${hashedState('n.contact')}) else r.side[1] end state,
    case when r.contact is null then null when r.moves then ${numberInPool('coalesce(l.preferred, n.found[2])')} else ${numberInPool(STORED_IN_POOL)} end present
  from (select reserves.*, ${sideRow('reserves.contact')} side from reserves
        where (select count(*) from new_contacts) >= 0 offset 0) r
    left join locked_contacts l on r.moves and l.contact_id = r.contact and l.pool = r.pool
    left join new_contacts n on r.moves and n.contact = r.contact and n.pool = r.pool
    left join locked own on own.nome = r.leaves offset 0) c${form.reads ? ', moment' : ''})`,
    writes: `,
moves as materialized (
  select checked.contact, checked.pool, checked.instance from checked join inserted using (id) where checked.moves),
stored_numbers as (
  insert into zapfleet.pool_contacts (contact_id, pool, preferred_instance) select moves.contact, moves.pool, moves.instance from moves order by 1, 2
  on conflict (contact_id, pool) do update set preferred_instance = excluded.preferred_instance returning 1)`,
  }
}
