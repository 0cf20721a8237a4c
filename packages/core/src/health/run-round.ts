import { checkPhones } from './check-phones.ts'
import { GRACE_MS, isDoubtfulFall, isMassFall, NEXT_GRACE_AFTER_MS } from './grace.ts'
import type { HealthCall } from './health-fleet.ts'
import { nextStatus } from './next-status.ts'
import { clockSince, type DatabaseClock, type Reading, readInstances } from './read-instances.ts'
import { readStoredHealth, type StoredFleet } from './read-stored-health.ts'
import { storeReadings } from './store-readings.ts'
import { beginGraceStatement, markRoundStatement } from './store-sql.ts'
import { watchConnections } from './watch-connections.ts'

/**
 * A full round that starts after the call: reads every instance on Evolution and stores what changed. Rounds never overlap
 * in one process: a call during a round waits for the next one, which all who wait share.
 *
 * @throws FleetError DATABASE_UNAVAILABLE; an Evolution that does not answer is an observation, not an error
 */
export function runRound(call: HealthCall): Promise<void> {
  return call.fleet.rounds.run((thorough) => readAndStore(call, thorough))
}

async function readAndStore(call: HealthCall, thorough: boolean): Promise<void> {
  const stored = await readStoredHealth(call.fleet, null)
  const clock = clockSince(stored)
  const readings = await readInstances(call, stored.instances, clock, { thorough })
  const graceUntil = await graceFor(call, stored, readings, clock)
  const { changed, connected } = await storeReadings(call, stored.instances, readings, {
    source: 'poll',
    graceUntil,
    always: false,
  })
  watchConnections(call, stored.instances, readings)
  await call.fleet.sql.run(markRoundStatement, [stored.at, call.fleet.clock()])
  if (changed > 0) await call.fleet.engine.snapshot.refresh()
  await checkPhones(call, connected, { unread: thorough })
}

/**
 * Until when falls of many at once are not stored: by the stored grace, or because this round observes the begin of such a
 * fall.
 */
async function graceFor(
  call: HealthCall,
  stored: StoredFleet,
  readings: readonly Reading[],
  clock: DatabaseClock,
): Promise<Date | null> {
  const healthByName = new Map(stored.instances.map((one) => [one.name, one.health]))
  const connected = stored.instances.filter((one) => one.health.status === 'connected').length
  const fallen = readings.filter(({ name, observed, startedAt }) => {
    const previous = healthByName.get(name)
    if (previous?.restartUntil != null && startedAt < previous.restartUntil) return false
    return (
      previous !== undefined && isDoubtfulFall(previous, observed, nextStatus(previous, observed, startedAt))
    )
  }).length
  if (!isMassFall(connected, fallen)) return stored.graceUntil
  const now = clock.now()
  const until = new Date(now.getTime() + GRACE_MS)
  const lastEndedBefore = new Date(now.getTime() - NEXT_GRACE_AFTER_MS)
  const begun = await call.fleet.sql.run(beginGraceStatement, [stored.at, until, lastEndedBefore])
  if (begun.length === 0) return (await readStoredHealth(call.fleet, [])).graceUntil
  call.log.warn(
    { connected, fallen, until: until.toISOString() },
    'most connected numbers fell at once: Evolution restarts or WhatsApp is out; their falls are not stored for 30 s',
  )
  return until
}
