import { mayTryAgain, toFleetError } from '../ground/database-error.ts'
import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { MOMENT } from '../ground/moment.ts'
import { type Statement, statement } from '../ground/statement.ts'
import { COUNTERS, MANAGED } from '../instance/counters-sql.ts'
import type { Pool } from '../selection/pool.ts'
import { RESERVATION_COLUMNS, type ReservationRow, readReservation } from './idempotency-keys.ts'
import type { Reservation } from './reservation.ts'
import { readSeat, type SeatRow } from './seat.ts'

/** Settles reservations: each call waits for the statement that carries it and for all who came meanwhile. */
export type Completer = {
  /** @param by the family of the key that settles; null: an admin or the fleet itself, which settle any reservation */
  complete(id: string, by: string | null): Promise<Reservation>
  /** Waits until nothing is left to settle. */
  stop(): Promise<void>
}

/**
 * The reservations of a batch, locked and judged. `goes`: still reserved, and one of its callers owns it or settles any; a
 * reservation without an owner is settled by any key. An id may come from several callers.
 *
 * What follows reads `lr` alone. An UPDATE returns rows too, but a planner with statistics of `state` and `owner` takes it
 * for one row, and joins it to `lr` by comparing each row with each other one.
 */
const lockedReservations = (after: string): string => `locked as materialized (
  select r.* from zapfleet.reservations r where r.id = any($3::uuid[]) ${after} order by r.id for no key update of r),
lr as materialized (
  select r.*, r.state = 'reserved' and (r.owner is null or c.any_key or r.owner = any(c.owners)) goes
  from locked r join (select c.id, bool_or(c.by is null) any_key, array_agg(c.by) owners from unnest($3::uuid[], $4::text[]) c(id, by) group by 1) c
    on c.id = r.id)`

/** The columns of ReservationRow after the statement: `r` is a row of `lr`. */
const completedColumns = (to: 'confirmed' | 'released'): string =>
  RESERVATION_COLUMNS.replace('r.state', `case when r.goes then '${to}' else r.state end as state`)

/**
 * Gives seats back. Only a reservation that is still `reserved` is released, so a seat comes back once; it is credited
 * only to the windows that it was charged to, computed from the locked instance rows, since a row read before its lock may
 * have rolled over.
 *
 * Lock order as in the claim: instances by name, then reservations by id. Parameters: $1 moment, $2 zone, $3 ids, $4 the
 * key that settles each, null for any.
 */
const releaseStatement: Statement = statement(
  'release',
  `with ${MOMENT},
r0 as materialized (select r.instance_name from zapfleet.reservations r where r.id = any($3::uuid[])),
li as materialized (
  select i.nome, i.status, i.pausada, ${COUNTERS}, i.janela_hora, i.janela_dia, coalesce(i.prioridade, 1) prio, i.ultima_msg_at, i.duplicata_de is not null dup,
    i.msgs_enviadas_hora, i.msgs_enviadas_dia, ${MANAGED} managed
  from public.whatsapp_instances i, k where i.nome in (select instance_name from r0) order by i.nome for no key update of i),
${lockedReservations('and (select count(*) from li) >= 0')},
rel as (
  update zapfleet.reservations r set state = 'released', settled_at = k.at from lr, k where r.id = lr.id and lr.goes returning 1),
g as materialized (
  select li.nome, count(*) filter (where lr.hour_window = li.janela_hora)::int nh, count(*) filter (where lr.day_window = li.janela_dia)::int nd
  from lr join li on li.nome = lr.instance_name where lr.goes group by 1),
i as materialized (
  select li.*, g.nome is not null credited, coalesce(g.nh, 0) nh, coalesce(g.nd, 0) nd from li left join g on g.nome = li.nome),
cnt as (
  update public.whatsapp_instances w
  set msgs_enviadas_hora = greatest(0, coalesce(i.msgs_enviadas_hora, 0) - i.nh), msgs_enviadas_dia = greatest(0, coalesce(i.msgs_enviadas_dia, 0) - i.nd)
  from i where w.nome = i.nome and i.credited returning 1),
room as materialized (
  select i.nome, i.status, i.pausada, i.managed, i.ch, i.cd, i.prio, i.ultima_msg_at, i.dup,
    case when i.janela_hora >= k.h then greatest(0, i.sh - i.nh) else 0 end sh, case when i.janela_dia >= k.d then greatest(0, i.sd - i.nd) else 0 end sd
  from k, i)
select
  (select json_agg(json_build_array(i.nome, i.status, i.pausada, i.ch, i.cd, i.sh, i.sd, i.prio, coalesce(extract(epoch from i.ultima_msg_at) * 1000, 0), i.dup))
   from room i where i.managed) seats,
  (select json_agg(to_json(x)) from (
    select ${completedColumns('released')} from lr r left join room i on i.nome = r.instance_name) x) settled`,
)

/** Records that messages were sent. Counters stay as they are, so no instance is locked. Parameters as above. */
const confirmStatement: Statement = statement(
  'confirm',
  `with ${MOMENT},
${lockedReservations('')},
con as (
  update zapfleet.reservations r set state = 'confirmed', settled_at = k.at from lr, k where r.id = lr.id and lr.goes returning 1)
select null seats, (select json_agg(to_json(x)) from (
  select ${completedColumns('confirmed')} from lr r
  left join lateral (select ${COUNTERS} from public.whatsapp_instances i, k where i.nome = r.instance_name) i on true) x) settled`,
)

/** A reservation that was read, and the key that holds it. */
type Completed = { owner: string | null; reservation: Reservation }

const MAX_BATCH = 256
const ATTEMPTS = 4

/** `to` is where its calls lead. Batches like the claim: one in flight, who comes meanwhile goes next. */
export function createCompleter(
  { sql, clock, timeZone }: Ground,
  pool: Pool,
  to: 'confirmed' | 'released',
): Completer {
  const completeStatement = to === 'released' ? releaseStatement : confirmStatement
  type Call = {
    id: string
    by: string | null
    resolve: (reservation: Reservation) => void
    reject: (error: Error) => void
  }
  let waiting: Call[] = []
  let active = false
  let running: Promise<void> = Promise.resolve()

  const send = async (batch: readonly Call[]): Promise<Map<string, Completed>> => {
    for (let attempt = 1; ; attempt++) {
      try {
        const [row] = await sql.run<{ seats: SeatRow[] | null; settled: ReservationRow[] | null }>(
          completeStatement,
          [clock(), timeZone, batch.map((call) => call.id), batch.map((call) => call.by)],
        )
        pool.update((row?.seats ?? []).map(readSeat))
        return new Map(
          (row?.settled ?? []).map((one) => [
            one.id,
            { owner: one.owner, reservation: readReservation(one) },
          ]),
        )
      } catch (error) {
        if (attempt >= ATTEMPTS || !mayTryAgain(error)) throw error
      }
    }
  }

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MAX_BATCH)
      waiting = waiting.slice(MAX_BATCH)
      try {
        const settled = await send(batch)
        for (const call of batch) {
          const found = settled.get(call.id)
          const reservation = found?.reservation
          if (found && found.owner !== null && call.by !== null && found.owner !== call.by)
            call.reject(
              new FleetError(
                'FORBIDDEN',
                `Reservation ${call.id} was made with another key. Settle it with that key, or with one of role admin.`,
              ),
            )
          else if (!reservation)
            call.reject(
              new FleetError(
                'NOT_FOUND',
                `There is no reservation ${call.id}. Give the id that reserve answered.`,
              ),
            )
          else if (reservation.state !== to)
            call.reject(
              new FleetError(
                'CONFLICT',
                `Reservation ${call.id} was ${reservation.state} before; it cannot be ${to} now.`,
              ),
            )
          else call.resolve(reservation)
        }
      } catch (error) {
        for (const call of batch) call.reject(toFleetError(error))
      }
    }
    active = false
  }

  return {
    complete: (id, by) =>
      new Promise((resolve, reject) => {
        waiting.push({ id, by, resolve, reject })
        if (active) return
        active = true
        running = Promise.resolve().then(run)
      }),
    async stop() {
      while (active) await running
    },
  }
}
