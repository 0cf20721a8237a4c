import { unknownInstance } from '../instance/get-instance.ts'
import type { HealthCall } from './health-fleet.ts'
import { readStoredHealth } from './read-stored-health.ts'
import { storeReadings } from './store-readings.ts'

/** A health round that starts between reading and storing makes the moment of an act outdated; it is then stored again. */
const ATTEMPTS = 5

/**
 * Stores that an admin logged the number out through us, once that is true on Evolution: its code for this is the one for a
 * phone that removed the device, and old versions keep no reason at all.
 *
 * @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE
 */
export function recordLogout(call: HealthCall, { name }: { name: string }): Promise<void> {
  return recordEnd(call, name, 'logged_out')
}

/**
 * Stores that the instance is about to be created again on Evolution, which does not have it: its old session is over, and
 * no message may go through it until its phone is paired.
 *
 * @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE
 */
export function recordCreation(call: HealthCall, { name }: { name: string }): Promise<void> {
  return recordEnd(call, name, 'created')
}

async function recordEnd(call: HealthCall, name: string, act: 'logged_out' | 'created'): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { at, instances } = await readStoredHealth(call.fleet, [name])
    const [stored] = instances
    if (!stored) throw unknownInstance(name)
    const reading = { name, startedAt: at, observed: { kind: 'act', act } as const, state: 'close' as const }
    const { changed } = await storeReadings(call, [stored], [reading], {
      source: 'admin',
      graceUntil: null,
      always: true,
    })
    if (changed > 0) return
  }
  call.log.warn(
    { instance: name, act },
    'an act was not stored, because readings of the instance overtook it',
  )
}
