import type { ReleasedSend } from '../contact/correct-sends.ts'
import { batchCalls } from '../ground/batch-calls.ts'
import { toFleetError } from '../ground/database-error.ts'
import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { MOMENT } from '../ground/moment.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { COUNTERS, IS_DUPLICATE, MANAGED, NEW_ROOM, PRIORITY, RESTRAINTS } from '../instance/counters-sql.ts'
import type { Pools } from '../selection/pools.ts'
import { RESERVATION_COLUMNS, type ReservationRow, readReservation } from './idempotency-keys.ts'
import type { Reservation } from './reservation.ts'
import { unknownReservation } from './reservation-id.ts'
import { readSeat, type SeatRow } from './seat.ts'

/** Completes reservations (confirm or release) in batches: each call waits for the statement that contains it. */
export type Completer = {
  /**
   * @param by the family of the key that calls; null: an admin or the fleet itself, which complete any reservation
   * @param detail of a release its cause, of a confirm the id of the message; null: none is stored
   */
  complete(id: string, by: string | null, detail?: string | null): Promise<Reservation>
  /** Waits until nothing is left to complete. */
  stop(): Promise<void>
}

/**
 * The reservations of a batch, locked and checked. `may_complete`: still reserved, and one of its callers owns it or may
 * complete any; a reservation without an owner is completed by any key. An id may come from several callers, which
 * share one `detail`.
 *
 * The rest of the statement reads `checked` alone. An UPDATE returns rows too, but a planner with statistics of `state` and
 * `owner` takes it for one row, and joins it to `checked` by comparing each row with each other one.
 */
const lockedReservations = (after: string): string => `locked_reservations as materialized (
  select r.* from zapfleet.reservations r where r.id = any($3::uuid[]) ${after} order by r.id for no key update of r),
checked as materialized (
  select r.*, r.state = 'reserved' and (r.owner is null or c.is_any_key or r.owner = any(c.owners)) may_complete, c.detail,
    c.detail is not null and r.state = 'confirmed' and r.message_id is null and (r.owner is null or c.is_any_key or r.owner = any(c.owners)) may_name
  from locked_reservations r join (
    select c.id, bool_or(c.by is null) is_any_key, array_agg(c.by) owners, min(c.detail) detail
    from unnest($3::uuid[], $4::text[], $5::text[]) c(id, by, detail) group by 1) c on c.id = r.id)`

/** Whether reservation `r` to a known contact has the moment that its conversation has as that of the last message, in SQL. */
const IS_LAST_SENT = `r.kind is distinct from 'new' and exists (select from zapfleet.conversations v
  where v.contact_id = zapfleet.contact_of(r.contact_id, r.contact_as) and v.instance_name = r.instance_name and v.last_sent_at = r.reserved_at)`

/** The columns of ReservationRow after the statement: `r` is a row of `checked`. */
const completedColumns = (to: 'confirmed' | 'released'): string =>
  RESERVATION_COLUMNS.replace('r.state', `case when r.may_complete then '${to}' else r.state end as state`)

/**
 * Gives seats back. Only a reservation that is still `reserved` is released, so a seat comes back once; it is credited only
 * to the windows that it was charged to, computed from the locked instance rows, since a row read before its lock may have
 * rolled over. Where the newest of these reservations was the last message of its instance, `ultima_msg_at` becomes the
 * moment of the counted message before it (`zapfleet.last_counted`): a message that was not sent is not the last one. New contacts
 * are credited to the windows that the locked row counts: a claim may have begun the next hour or day after this statement read its moment.
 *
 * Lock order as in the claim: instances by name, then reservations by id. Parameters: $1 moment, $2 zone, $3 ids, $4 the key
 * that completes each, null for any, $5 the cause of each, null for none.
 */
const releaseStatement: Statement = statement(
  'release',
  `with ${MOMENT},
requested as materialized (select r.instance_name from zapfleet.reservations r where r.id = any($3::uuid[])),
locked_instances as materialized (
  select i.nome, i.status, i.pausada, ${COUNTERS}, i.janela_hora, i.janela_dia, ${PRIORITY} priority, i.ultima_msg_at, ${IS_DUPLICATE} is_duplicate, ${RESTRAINTS} restraints, ${NEW_ROOM},
    (i.novos_hora is not null or i.novos_dia is not null) counts_new,
    i.novos_janela_hora, i.novos_janela_dia, greatest(i.novos_janela_dia, moment.day_start - interval '2 days') marks_since, i.msgs_enviadas_hora, i.msgs_enviadas_dia, ${MANAGED} managed, i.servidor
  from public.whatsapp_instances i, moment where i.nome in (select instance_name from requested) order by i.nome for no key update of i),
${lockedReservations('and (select count(*) from locked_instances) >= 0')},
released as (
  update zapfleet.reservations r set state = 'released', settled_at = moment.at, release_cause = checked.detail from checked, moment where r.id = checked.id and checked.may_complete returning 1),
credits as materialized (
  select locked_instances.nome, count(*) filter (where checked.hour_window = locked_instances.janela_hora)::int as hour,
    count(*) filter (where checked.day_window = locked_instances.janela_dia)::int as day,
    max(coalesce(checked.not_before, checked.reserved_at)) newest_at,
    (array_agg(checked.id order by coalesce(checked.not_before, checked.reserved_at) desc, checked.id desc))[1] newest_id, array_agg(checked.id) ids
  from checked join locked_instances on locked_instances.nome = checked.instance_name where checked.may_complete group by 1),
instances as materialized (
  select locked_instances.*, credits.nome is not null credited, coalesce(credits.hour, 0) hour_credit, coalesce(credits.day, 0) day_credit,
    case when credits.newest_at = locked_instances.ultima_msg_at then zapfleet.last_counted(locked_instances.nome, credits.newest_id, credits.ids)
      else locked_instances.ultima_msg_at end last_sent_at,
    case when credits.nome is not null and locked_instances.counts_new
      then zapfleet.uncount_new_contacts(locked_instances.nome, credits.ids, locked_instances.novos_janela_hora, locked_instances.marks_since) end new_credit
  from locked_instances left join credits on credits.nome = locked_instances.nome),
counted as (
  update public.whatsapp_instances w
  set msgs_enviadas_hora = greatest(0, coalesce(i.msgs_enviadas_hora, 0) - i.hour_credit),
    msgs_enviadas_dia = greatest(0, coalesce(i.msgs_enviadas_dia, 0) - i.day_credit),
    ultima_msg_at = i.last_sent_at, novos_enviados_hora = greatest(0, w.novos_enviados_hora - coalesce(i.new_credit[1], 0)),
    novos_enviados_dia = greatest(0, w.novos_enviados_dia - coalesce(i.new_credit[2], 0))
  from instances i where w.nome = i.nome and i.credited returning 1),
room as materialized (
  select i.nome, i.status, i.pausada, i.managed, i.hourly_capacity, i.daily_capacity, i.priority, i.last_sent_at, i.is_duplicate, i.new_credit, i.restraints, i.servidor,
    i.new_room_hour + case when i.novos_janela_hora >= moment.hour_start then coalesce(i.new_credit[1], 0) else 0 end new_room_hour,
    i.new_room_day + case when i.novos_janela_dia >= moment.day_start then coalesce(i.new_credit[2], 0) else 0 end new_room_day,
    case when i.janela_hora >= moment.hour_start then greatest(0, i.sent_this_hour - i.hour_credit) else 0 end sent_this_hour,
    case when i.janela_dia >= moment.day_start then greatest(0, i.sent_today - i.day_credit) else 0 end sent_today
  from moment, instances i)
select
  (select json_agg(json_build_array(i.nome, i.status, i.pausada, i.hourly_capacity, i.daily_capacity, i.sent_this_hour, i.sent_today, i.priority, coalesce(extract(epoch from i.last_sent_at) * 1000, 0), i.is_duplicate,
     case when i.restraints is not null then json_build_array(i.restraints->0, i.restraints->1, i.restraints->2, i.restraints->3, i.restraints->4, i.restraints->5,
       i.restraints->6, i.restraints->7, greatest(0, (i.restraints->>8)::int - coalesce(i.new_credit[1], 0)), greatest(0, (i.restraints->>9)::int - coalesce(i.new_credit[2], 0)),
       i.restraints->10, i.restraints->11, i.restraints->12) end))
   from room i where i.managed) seats,
  (select json_agg(to_json(x)) from (
    select ${completedColumns('released')}, ${IS_LAST_SENT} is_last_sent from checked r left join room i on i.nome = r.instance_name) x) completed`,
)

/**
 * Records that messages were sent, and which. Counters stay as they are, so no instance is locked. A reservation that has another
 * message by inference gets this one later (`onNamed`), with its outcome. Parameters as above; $5 is the message of each.
 */
const confirmStatement: Statement = statement(
  'confirm',
  `with ${MOMENT},
${lockedReservations('')},
confirmed as (
  update zapfleet.reservations r set state = 'confirmed', settled_at = case when checked.may_complete then moment.at else r.settled_at end,
    message_id = coalesce(r.message_id, checked.detail)
  from checked, moment where r.id = checked.id and (checked.may_complete or checked.may_name) returning 1)
select null seats, (select json_agg(to_json(x)) from (
  select ${completedColumns('confirmed')} from checked r
  left join lateral (select ${COUNTERS}, ${NEW_ROOM}, i.servidor from public.whatsapp_instances i, moment where i.nome = r.instance_name) i on true) x) completed`,
)

/** A message that a confirm named as that of a reservation. */
export type NamedMessage = { reservationId: string; messageId: string }

/** What a process does with completed reservations before their callers are answered. It must not throw. */
export type AfterCompletion = {
  /** The messages that confirms named. */
  onNamed?: (messages: readonly NamedMessage[]) => void
  /** Of a completer of releases: what was given back and was the first message to a new contact, or is stored as the last one to its contact. */
  onReleased?: (sends: readonly ReleasedSend[]) => Promise<void>
}

/** `is_last_sent`: of a release, see IS_LAST_SENT. */
type CompletedRow = ReservationRow & { is_last_sent?: boolean }

/** A call: `by` and `detail` as in `complete`. */
type Call = { id: string; by: string | null; detail: string | null }

/**
 * `to` is the state after its calls. Batches like the claim: one in flight, calls that arrive during it go into the next.
 */
export function createCompleter(
  { sql, clock, timeZone }: Ground,
  pools: Pick<Pools, 'update'>,
  to: 'confirmed' | 'released',
  { onNamed, onReleased }: AfterCompletion = {},
): Completer {
  const completeStatement = to === 'released' ? releaseStatement : confirmStatement

  const batches = batchCalls<Call, Reservation | FleetError>(async (calls) => {
    const [row] = await repeatUndone(() =>
      sql.runCount<{ seats: SeatRow[] | null; completed: CompletedRow[] | null }>(completeStatement, [
        clock(),
        timeZone,
        calls.map((call) => call.id),
        calls.map((call) => call.by),
        calls.map((call) => call.detail),
      ]),
    )
    pools.update((row?.seats ?? []).map((seat) => readSeat(seat, timeZone)))
    const completed = new Map((row?.completed ?? []).map((one) => [one.id, one]))
    const answers = calls.map((call) => answerOf(call, completed.get(call.id), to))
    const named = calls.flatMap(({ id, detail }, index) =>
      to === 'released' || detail === null || answers[index] instanceof FleetError
        ? []
        : [{ reservationId: id, messageId: detail }],
    )
    if (named.length > 0) onNamed?.(named)
    if (onReleased !== undefined) {
      const sends = answers.flatMap((answer, index) =>
        answer instanceof FleetError ? [] : releasedSendOf(completed.get(calls[index]?.id ?? '')),
      )
      if (sends.length > 0) await onReleased(sends)
    }
    return answers
  })

  return {
    async complete(id, by, detail = null) {
      const answer = await batches.call({ id, by, detail }).catch((error: unknown) => {
        throw toFleetError(error)
      })
      if (answer instanceof FleetError) throw answer
      return answer
    },
    stop: batches.idle,
  }
}

function releasedSendOf(row: CompletedRow | undefined): ReleasedSend[] {
  if (row === undefined || row.contact_id === null || (row.kind !== 'new' && !row.is_last_sent)) return []
  return [{ id: row.id, contact: row.contact_id }]
}

/** What a call returns or throws, by the row of its reservation. */
function answerOf(
  { id, by, detail }: Call,
  row: ReservationRow | undefined,
  to: 'confirmed' | 'released',
): Reservation | FleetError {
  if (row === undefined) return unknownReservation(id)
  if (row.owner !== null && by !== null && row.owner !== by)
    return new FleetError(
      'FORBIDDEN',
      `Reservation ${id} was made with another key. Complete it with that key, or with one of role admin.`,
    )
  const reservation = readReservation(row)
  if (reservation.state !== to)
    return new FleetError(
      'CONFLICT',
      `Reservation ${id} was ${reservation.state} before; it cannot be ${to} now.`,
    )
  return to === 'confirmed' && detail !== null ? withMessage(reservation, detail) : reservation
}

/** The reservation with the message that its confirm named. An outcome of another message is not its own. */
function withMessage(reservation: Reservation, messageId: string): Reservation {
  const isOther = reservation.messageId !== null && reservation.messageId !== messageId
  return { ...reservation, messageId, outcome: isOther ? null : reservation.outcome }
}
