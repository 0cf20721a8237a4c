import type { LimitFunction } from 'p-limit'
import { lastRoundOf } from '../ground/moment.ts'
import { getRow, unknownInstance } from '../instance/get-instance.ts'
import type { SeenPools } from '../instance/in-pools.ts'
import { readRows } from '../instance/read-rows.ts'
import { onServer } from '../server/on-server.ts'
import { checkPhones } from './check-phones.ts'
import type { Crowd } from './crowd.ts'
import { isDoubtfulFall, isGrace } from './grace.ts'
import { type Health, type HealthSummary, summarize, toHealth } from './health.ts'
import type { HealthCall, HealthFleet } from './health-fleet.ts'
import { changesLicence } from './health-state.ts'
import { nextStatus } from './next-status.ts'
import { clockSince, readInstances } from './read-instances.ts'
import { readStoredHealth } from './read-stored-health.ts'
import { runRound, runRoundOf } from './run-round.ts'
import { storeReadings } from './store-readings.ts'
import { watchConnections } from './watch-connections.ts'

/** Reads one instance on Evolution now and stores the result. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function checkInstance(call: HealthCall, input: { name: string }): Promise<Health> {
  await readAndStoreInstance(call, input.name, { source: 'check' })
  const { moment, row } = await getRow(call.fleet, input.name)
  return toHealth(row, moment)
}

/**
 * A full round that starts after the call: reads every instance on its server, 20 at a time, and stores what changed.
 *
 * @param how.skipSilent see `runRound`
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function checkAllInstances(
  call: HealthCall,
  how: { skipSilent?: boolean } = {},
): Promise<Health[]> {
  return (await healthRound(call, how)).instances
}

/** The same, as a summary. */
async function healthRound(call: HealthCall, how: { skipSilent?: boolean } = {}): Promise<HealthSummary> {
  await runRound(call, how)
  return healthSummary(call.fleet)
}

/** A live round for callers without a key: at most one per 5 s however many callers; later ones get the last. */
export function sharedRound(call: HealthCall): Promise<HealthSummary> {
  return call.fleet.sharedRounds.run(() => healthRound(call))
}

/** What is stored of all instances, or of those of these pools, without a call of Evolution. */
export async function healthSummary(fleet: HealthFleet, pools?: SeenPools): Promise<HealthSummary> {
  const { moment, rows } = await readRows(fleet, { pools })
  return summarize(
    rows.map((row) => toHealth(row, moment)),
    lastRoundOf(moment),
  )
}

/**
 * Reads one instance on its server and stores it. A fall joins `crowd` when it begins. Where the crowd is large and the fall may be one of
 * many, nothing is stored here and the result is `one_of_many`: a full round decides. A change of Evolution's licence concerns
 * every instance of the server: a full round reads and stores all of them here.
 *
 * @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE
 */
export async function readAndStoreInstance(
  given: HealthCall,
  name: string,
  how: { source: 'check' | 'webhook'; limit?: LimitFunction; crowd?: Crowd },
): Promise<'stored' | 'one_of_many'> {
  const fleetNow = await readStoredHealth(given.fleet, [name])
  const [stored] = fleetNow.instances
  if (!stored) throw unknownInstance(name)
  const call = await onServer(given, stored.server)
  const [reading] = await readInstances(call, [stored], clockSince(fleetNow), {
    limit: how.limit,
    onDown: how.crowd?.join,
    thorough: true,
  })
  if (!reading) return 'stored'
  const { graceUntil } = stored
  const isHeld = isGrace(graceUntil, reading.startedAt)
  const next = nextStatus(stored.health, reading.observed, reading.startedAt)
  if (!isHeld && isDoubtfulFall(stored.health, reading.observed, next) && how.crowd?.isCrowded())
    return 'one_of_many'
  if (changesLicence(stored.health, next)) {
    await runRoundOf(call)
    return 'stored'
  }
  const { connected } = await storeReadings(call, [stored], [reading], {
    source: how.source,
    graceUntil,
    always: true,
  })
  watchConnections(call, [stored], [reading])
  await call.fleet.engine.snapshot.refreshNames([name])
  await checkPhones(call, connected)
  return 'stored'
}
