import type { Fleet } from '../fleet/fleet.ts'
import { onDatabase } from '../ground/on-database.ts'
import { statement } from '../ground/statement.ts'
import { findInstanceRow, getInstance } from '../instance/get-instance.ts'
import type { Instance } from '../instance/instance.ts'

/** The function that the seed's programs call as well. */
const recordNow = statement('record_send_now', 'select public.incrementar_contador_instancia($1::varchar)')
/** The same with the moment handed in. */
const recordAt = statement('record_send_at', 'select zapfleet.record_send($1::varchar, $2::timestamptz)')

/** Counts one send that happened, even above the limit. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function recordSend(fleet: Fleet, input: { name: string }): Promise<Instance> {
  await findInstanceRow(fleet, input.name)
  const clock = fleet.clock()
  await onDatabase(() =>
    clock ? fleet.sql.run(recordAt, [input.name, clock]) : fleet.sql.run(recordNow, [input.name]),
  )
  await onDatabase(() => fleet.engine.snapshot.refreshNames([input.name]))
  return getInstance(fleet, input)
}
