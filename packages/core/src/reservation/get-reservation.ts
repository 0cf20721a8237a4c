import { MOMENT } from '../ground/moment.ts'
import { statement } from '../ground/statement.ts'
import { COUNTERS, NEW_ROOM } from '../instance/counters-sql.ts'
import { RESERVATION_COLUMNS, type ReservationRow, readReservation } from './idempotency-keys.ts'
import type { Reservation } from './reservation.ts'
import type { ReservationFleet } from './reservation-fleet.ts'
import { reservationId, unknownReservation } from './reservation-id.ts'

const readStatement = statement(
  'read_reservation',
  `with ${MOMENT}
select ${RESERVATION_COLUMNS} from moment, zapfleet.reservations r
left join lateral (select ${COUNTERS}, ${NEW_ROOM}, i.servidor from public.whatsapp_instances i where i.nome = r.instance_name) i on true
where r.id = $3::uuid`,
)

/** Reads a reservation with its outcome. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function getReservation(fleet: ReservationFleet, input: { id: string }): Promise<Reservation> {
  const id = reservationId(input.id)
  const [row] = await fleet.sql.run<ReservationRow>(readStatement, [fleet.clock(), fleet.timeZone, id])
  if (row) return readReservation(row)
  throw unknownReservation(id)
}
