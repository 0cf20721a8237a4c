import { statement } from '../ground/statement.ts'
import { findInstanceRow, getInstance } from '../instance/get-instance.ts'
import type { Instance } from '../instance/instance.ts'
import type { ReservationFleet } from './reservation-fleet.ts'

/** The function that the seed's programs call as well. */
const recordNow = statement('record_send_now', 'select public.incrementar_contador_instancia($1::varchar)')
/** The same with the moment handed in. */
const recordAt = statement('record_send_at', 'select zapfleet.record_send($1::varchar, $2::timestamptz)')

/** Counts one send that happened, even above the limit. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function recordSend(fleet: ReservationFleet, input: { name: string }): Promise<Instance> {
  await findInstanceRow(fleet, input.name)
  const clock = fleet.clock()
  if (clock) await fleet.sql.runCount(recordAt, [input.name, clock])
  else await fleet.sql.runCount(recordNow, [input.name])
  await fleet.engine.snapshot.refreshNames([input.name])
  return getInstance(fleet, input)
}
