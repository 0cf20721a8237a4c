import { setMaxListeners } from 'node:events'
import pLimit, { type LimitFunction } from 'p-limit'
import type { HealthServerCall } from './health-fleet.ts'
import { needsRecord, type Observation } from './health-state.ts'
import { readRecords, readState, type StateReading } from './read-state.ts'
import type { StoredFleet, StoredHealth } from './read-stored-health.ts'
import { READINGS_AT_A_TIME } from './server-health.ts'

/** A fall is stored when a second reading, this much later, is not open either: Evolution blinks for 0.3 s. */
const SECOND_READING_AFTER_MS = 1_000
/** After so many silences in a row the server is down, and the remaining readings are given up. */
const SILENCES_TO_GIVE_UP = 20

/**
 * A reading of one instance. `startedAt` is when it began, by the database's clock, never later than the real time.
 */
export type Reading = StateReading & { name: string; startedAt: Date }

/**
 * Reads the live state of instances of one server, 20 at a time, in random order: a dead server then shows in the first answers, and
 * single numbers that hang do not look like one. Falls are read a second time; closed numbers with the cause. An Evolution
 * whose licence is not activated refuses the reading of every instance: its first refusal ends the readings and is the reading
 * of all.
 *
 * @param clock turns this process's time into the database's
 * @param how.limit where other readings of this process share the 20
 * @param how.onDown called at the first reading of a fall, a second before it is stored
 * @param how.thorough also reads why numbers closed that were closed before
 */
export async function readInstances(
  call: HealthServerCall,
  instances: readonly StoredHealth[],
  clock: DatabaseClock,
  how: {
    limit?: LimitFunction | undefined
    onDown?: ((name: string) => void) | undefined
    thorough?: boolean
  } = {},
): Promise<Reading[]> {
  const limit = how.limit ?? pLimit(READINGS_AT_A_TIME)
  let silences = 0
  let unlicensed: Observation | null = null
  const givingUp = new AbortController()
  setMaxListeners(READINGS_AT_A_TIME, givingUp.signal)
  const read = (name: string): Promise<Reading> =>
    limit(async () => {
      const startedAt = clock.now()
      const reading: StateReading = await readState(call, name, givingUp.signal)
      silences =
        reading.observed.kind === 'silent' && reading.observed.why === 'unreachable' ? silences + 1 : 0
      if (isUnlicensed(reading.observed)) unlicensed ??= reading.observed
      // Readings in flight are cut as well, or they would hang as long again.
      if (unlicensed !== null || silences >= SILENCES_TO_GIVE_UP) givingUp.abort()
      return { ...reading, name, startedAt }
    })
  const readings = await Promise.all(shuffle(instances).map((one) => readTwice(one, read, how.onDown)))
  const refused: Observation | null = unlicensed
  if (refused !== null) return readings.map((reading) => ({ ...reading, observed: refused, state: 'error' }))
  return withRecords(call, instances, readings, how.thorough ?? false)
}

const isUnlicensed = (observed: Observation): boolean =>
  observed.kind === 'silent' && observed.why === 'unlicensed'

async function readTwice(
  stored: StoredHealth,
  read: (name: string) => Promise<Reading>,
  onDown: ((name: string) => void) | undefined,
): Promise<Reading> {
  const first = await read(stored.name)
  if (stored.health.status !== 'connected' || !isDown(first)) return first
  onDown?.(stored.name)
  await new Promise((resolve) => setTimeout(resolve, SECOND_READING_AFTER_MS))
  const second = await read(stored.name)
  // It was closed for a moment: its status stays, but the fall counts towards flapping.
  return second.observed.kind === 'state' && second.observed.state === 'open'
    ? { ...second, observed: { ...second.observed, blinked: true } }
    : second
}

function isDown({ observed }: Reading): boolean {
  return observed.kind === 'missing' || (observed.kind === 'state' && observed.state !== 'open')
}

async function withRecords(
  call: HealthServerCall,
  instances: readonly StoredHealth[],
  readings: Reading[],
  thorough: boolean,
): Promise<Reading[]> {
  const healthByName = new Map(instances.map((one) => [one.name, one.health]))
  const wanted = readings.filter(({ name, observed }) => {
    const health = healthByName.get(name)
    return health !== undefined && needsRecord(health, observed, thorough)
  })
  const records = await readRecords(
    call,
    wanted.map((reading) => reading.name),
  )
  return readings.map((reading) => {
    const record = records.get(reading.name)
    if (!record || reading.observed.kind !== 'state' || reading.observed.state === 'open') return reading
    return { ...reading, observed: { ...reading.observed, record } }
  })
}

function shuffle<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

/** The database's time as this process computes it: what the database returned, plus the time since. */
export type DatabaseClock = { now(): Date }

/** Starts when the database has answered, so it is never ahead of the database. */
export function clockSince({ at }: Pick<StoredFleet, 'at'>): DatabaseClock {
  const answeredAtMs = performance.now()
  return { now: () => new Date(at.getTime() + (performance.now() - answeredAtMs)) }
}
