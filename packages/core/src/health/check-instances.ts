import type { LimitFunction } from 'p-limit'
import type { Fleet } from '../fleet/fleet.ts'
import { readMoment } from '../ground/moment.ts'
import { onDatabase } from '../ground/on-database.ts'
import { findInstanceRow, unknownInstance } from '../instance/get-instance.ts'
import { readRows } from '../instance/read-rows.ts'
import { checkPhones } from './check-phones.ts'
import { isDoubtfulFall, isGrace } from './grace.ts'
import { type Health, type HealthSummary, summarize, toHealth } from './health.ts'
import { nextStatus } from './next-status.ts'
import { readStandings } from './read-health-states.ts'
import { clockSince, readInstances } from './read-instances.ts'
import { runRound } from './run-round.ts'
import { storeReadings } from './store-readings.ts'
import { watchLines } from './watch-connections.ts'

/** Reads one instance on Evolution now and stores what it says. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function checkInstance(fleet: Fleet, input: { name: string }): Promise<Health> {
  await lookAtInstance(fleet, input.name, { source: 'check' })
  return onDatabase(async () => toHealth(await findInstanceRow(fleet, input.name), await readMoment(fleet)))
}

/**
 * A full round that starts after the call: reads every instance on Evolution, 20 at a time, and stores what changed.
 *
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function checkAllInstances(fleet: Fleet): Promise<Health[]> {
  return (await healthRound(fleet)).instances
}

/** The same, as a summary. */
export async function healthRound(fleet: Fleet): Promise<HealthSummary> {
  await runRound(fleet)
  return healthSummary(fleet)
}

/** What was last known, without asking Evolution. */
export async function healthSummary(fleet: Fleet): Promise<HealthSummary> {
  const moment = await onDatabase(() => readMoment(fleet))
  const rows = await readRows(fleet)
  return summarize(
    rows.map((row) => toHealth(row, moment)),
    moment.lastRoundAt,
  )
}

/** Those that fall at about the same time. */
type Crowd = { join(name: string): void; isCrowded(): boolean }

/**
 * Reads one instance and stores it. `crowd` hears of falls as they begin, and is asked at one that might be everybody's; where
 * it says yes, nothing is stored here and the answer is `one_of_many`: a full round can tell.
 *
 * @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE
 */
export async function lookAtInstance(
  fleet: Fleet,
  name: string,
  how: { source: 'check' | 'webhook'; limit?: LimitFunction; crowd?: Crowd },
): Promise<'stored' | 'one_of_many'> {
  const fleetNow = await readStandings(fleet, [name])
  const [stored] = fleetNow.instances
  if (!stored) throw unknownInstance(name)
  const [reading] = await readInstances(fleet, [stored], clockSince(fleetNow), {
    limit: how.limit,
    onDown: how.crowd?.join,
    thorough: true,
  })
  if (!reading) return 'stored'
  const { graceUntil } = fleetNow
  const isHeld = isGrace(graceUntil, reading.startedAt)
  const next = nextStatus(stored.standing, reading.seen, reading.startedAt)
  if (!isHeld && isDoubtfulFall(stored.standing, reading.seen, next) && how.crowd?.isCrowded())
    return 'one_of_many'
  const { connected } = await storeReadings(fleet, [stored], [reading], {
    source: how.source,
    graceUntil,
    always: true,
  })
  watchLines(fleet, [stored], [reading])
  await onDatabase(() => fleet.engine.snapshot.refreshNames([name]))
  await checkPhones(fleet, connected)
  return 'stored'
}
