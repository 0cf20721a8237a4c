import type { Fleet } from '../fleet/fleet.ts'
import { unknownInstance } from '../instance/get-instance.ts'
import { readStandings } from './read-standings.ts'
import { storeReadings } from './store-readings.ts'

/**
 * Stores that an admin logged the number out through us, once that is true on Evolution: its code for this is the one for a
 * phone that removed the device, and old versions keep no reason at all.
 *
 * @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE
 */
export async function recordLogout(fleet: Fleet, input: { name: string }): Promise<void> {
  const { at, instances } = await readStandings(fleet, [input.name])
  const [stored] = instances
  if (!stored) throw unknownInstance(input.name)
  await storeReadings(
    fleet,
    [stored],
    [{ name: input.name, startedAt: at, seen: { kind: 'act', act: 'logged_out' }, state: 'close' }],
    { source: 'admin', graceUntil: null, always: true },
  )
}
