import { asFleetError, mayTryAgain } from '../db/database-error.ts'
import type { Database } from '../db/open-database.ts'
import { type Statement, statement } from '../db/statement.ts'
import { FleetError } from '../fleet/fleet-error.ts'
import type { Pool } from '../selection/pool.ts'
import type { Reservation } from './ask.ts'
import { RESERVATION_COLUMNS, type ReservationRow, readReservation } from './keyed.ts'
import { COUNTERS, MANAGED, MOMENT, readSeat, type SeatRow } from './seat-sql.ts'

/** Settles reservations: each call waits for the statement that carries it and for all who came meanwhile. */
export type Settler = {
  /** @param by the family of the key that settles; null: an admin or the fleet itself, which settle any reservation */
  settle(id: string, by: string | null): Promise<Reservation>
  /** Waits until nothing is left to settle. */
  stop(): Promise<void>
}

/** A reservation `r` is settled by its owner, or by a caller who settles any. Ids come once for each caller. */
const IS_ALLOWED = `(r.owner is null or exists (
    select 1 from unnest($3::uuid[], $4::text[]) q(id, by) where q.id = r.id and (q.by is null or q.by = r.owner)))`

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
r0 as materialized (select r.id, r.instance_name from zapfleet.reservations r where r.id = any($3::uuid[])),
li as materialized (
  select i.nome, i.status, i.pausada, ${COUNTERS}, i.janela_hora, i.janela_dia, coalesce(i.prioridade, 1) prio, i.ultima_msg_at, i.duplicata_de is not null dup,
    i.msgs_enviadas_hora, i.msgs_enviadas_dia, ${MANAGED} managed
  from public.whatsapp_instances i, k where i.nome in (select instance_name from r0) order by i.nome for no key update of i),
lr as materialized (
  select r.id, r.state from zapfleet.reservations r
  where r.id = any($3::uuid[]) and (select count(*) from li) >= 0 order by r.id for no key update of r),
rel as (
  update zapfleet.reservations r set state = 'released', settled_at = k.at from lr, k
  where r.id = lr.id and lr.state = 'reserved' and ${IS_ALLOWED} returning r.id, r.instance_name, r.hour_window, r.day_window),
g as materialized (
  select rel.instance_name, count(*) filter (where rel.hour_window = li.janela_hora)::int nh, count(*) filter (where rel.day_window = li.janela_dia)::int nd
  from rel join li on li.nome = rel.instance_name group by 1),
cnt as (
  update public.whatsapp_instances w
  set msgs_enviadas_hora = greatest(0, coalesce(li.msgs_enviadas_hora, 0) - g.nh), msgs_enviadas_dia = greatest(0, coalesce(li.msgs_enviadas_dia, 0) - g.nd)
  from g join li on li.nome = g.instance_name where w.nome = g.instance_name returning 1),
i as materialized (
  select li.nome, li.status, li.pausada, li.managed, li.ch, li.cd, li.prio, li.ultima_msg_at, li.dup,
    case when li.janela_hora >= k.h then greatest(0, li.sh - coalesce(g.nh, 0)) else 0 end sh,
    case when li.janela_dia >= k.d then greatest(0, li.sd - coalesce(g.nd, 0)) else 0 end sd
  from k, li left join g on g.instance_name = li.nome)
select
  (select json_agg(json_build_array(i.nome, i.status, i.pausada, i.ch, i.cd, i.sh, i.sd, i.prio, coalesce(extract(epoch from i.ultima_msg_at) * 1000, 0), i.dup))
   from i where i.managed) seats,
  (select json_agg(to_json(x)) from (
    select ${RESERVATION_COLUMNS.replace('r.state', "case when rel.id is not null then 'released' else lr.state end as state")}
    from lr join zapfleet.reservations r on r.id = lr.id left join rel on rel.id = lr.id left join i on i.nome = r.instance_name) x) settled`,
)

/** Says that messages were sent. Counters stay as they are, so no instance is locked. Parameters as above. */
const confirmStatement: Statement = statement(
  'confirm',
  `with ${MOMENT},
lr as materialized (select r.id, r.state from zapfleet.reservations r where r.id = any($3::uuid[]) order by r.id for no key update of r),
con as (
  update zapfleet.reservations r set state = 'confirmed', settled_at = k.at from lr, k
  where r.id = lr.id and lr.state = 'reserved' and ${IS_ALLOWED} returning r.id)
select null seats, (select json_agg(to_json(x)) from (
  select ${RESERVATION_COLUMNS.replace('r.state', "case when con.id is not null then 'confirmed' else lr.state end as state")}
  from lr join zapfleet.reservations r on r.id = lr.id left join con on con.id = lr.id
  left join lateral (select ${COUNTERS} from public.whatsapp_instances i, k where i.nome = r.instance_name) i on true) x) settled`,
)

/** A reservation that was read, and the key that holds it. */
type Settled = { owner: string | null; reservation: Reservation }

const MAX_BATCH = 256
const ATTEMPTS = 4

/** `to` is where its calls lead. Batches like the claim: one in flight, who comes meanwhile goes next. */
export function createSettler(
  sql: Database,
  timeZone: string,
  clock: () => Date | null,
  pool: Pool,
  to: 'confirmed' | 'released',
): Settler {
  const settleStatement = to === 'released' ? releaseStatement : confirmStatement
  type Call = {
    id: string
    by: string | null
    resolve: (reservation: Reservation) => void
    reject: (error: Error) => void
  }
  let waiting: Call[] = []
  let active = false
  let running: Promise<void> = Promise.resolve()

  const send = async (batch: readonly Call[]): Promise<Map<string, Settled>> => {
    for (let attempt = 1; ; attempt++) {
      try {
        const [row] = await sql.run<{ seats: SeatRow[] | null; settled: ReservationRow[] | null }>(
          settleStatement,
          [clock(), timeZone, batch.map((call) => call.id), batch.map((call) => call.by)],
        )
        pool.see((row?.seats ?? []).map(readSeat))
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
        for (const call of batch) call.reject(asFleetError(error))
      }
    }
    active = false
  }

  return {
    settle: (id, by) =>
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
