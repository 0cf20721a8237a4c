import type { Fleet } from '../fleet/fleet.ts'
import { onDatabase } from '../ground/on-database.ts'
import { checkPhones } from './check-phones.ts'
import { GRACE_MS, isDoubtfulFall, isMassFall, NEXT_GRACE_AFTER_MS } from './grace.ts'
import { nextStatus } from './next-status.ts'
import { readStandings, type StoredFleet } from './read-health-states.ts'
import { clockSince, type DatabaseClock, type Reading, readInstances } from './read-instances.ts'
import { storeReadings } from './store-readings.ts'
import { beginGraceStatement, markRoundStatement } from './store-sql.ts'
import { watchLines } from './watch-connections.ts'

/** How often a round looks up why numbers closed that were closed before; all of them together cost Evolution some 100 ms. */
const THOROUGH_EVERY_MS = 60_000

type Rounds = {
  running: Promise<void> | null
  next: Promise<void> | null
  /** When a round was last thorough, by this process's clock. */
  thoroughAtMs: number
}

const roundsOf = new WeakMap<Fleet['sql'], Rounds>()

/**
 * A full round that starts after the call: reads every instance on Evolution and stores what changed. Rounds never overlap
 * in one process: who calls while one runs waits for the next, which all who wait share.
 *
 * @throws FleetError DATABASE_UNAVAILABLE; an Evolution that does not answer is an observation, not an error
 */
export function runRound(fleet: Fleet): Promise<void> {
  const rounds = roundsOf.get(fleet.sql) ?? {
    running: null,
    next: null,
    thoroughAtMs: Number.NEGATIVE_INFINITY,
  }
  roundsOf.set(fleet.sql, rounds)
  if (!rounds.running) return start(fleet, rounds)
  rounds.next ??= rounds.running
    .catch(() => {})
    .then(() => {
      rounds.next = null
      return start(fleet, rounds)
    })
  return rounds.next
}

function start(fleet: Fleet, rounds: Rounds): Promise<void> {
  const thorough = performance.now() - rounds.thoroughAtMs >= THOROUGH_EVERY_MS
  if (thorough) rounds.thoroughAtMs = performance.now()
  const round = readAndStore(fleet, thorough).finally(() => {
    if (rounds.running === round) rounds.running = null
  })
  rounds.running = round
  return round
}

async function readAndStore(fleet: Fleet, thorough: boolean): Promise<void> {
  const stored = await readStandings(fleet, null)
  const clock = clockSince(stored)
  const readings = await readInstances(fleet, stored.instances, clock, { thorough })
  const graceUntil = await graceFor(fleet, stored, readings, clock)
  const { changed, connected } = await storeReadings(fleet, stored.instances, readings, {
    source: 'poll',
    graceUntil,
    always: false,
  })
  watchLines(fleet, stored.instances, readings)
  await onDatabase(() => fleet.sql.run(markRoundStatement, [stored.at, fleet.clock()]))
  if (changed > 0) await onDatabase(() => fleet.engine.snapshot.refresh())
  await checkPhones(fleet, connected, { unread: thorough })
}

/** Until when falls of many at once are not believed: by what was stored, or because this round sees such a fall begin. */
async function graceFor(
  fleet: Fleet,
  stored: StoredFleet,
  readings: readonly Reading[],
  clock: DatabaseClock,
): Promise<Date | null> {
  const standings = new Map(stored.instances.map((one) => [one.name, one.standing]))
  const connected = stored.instances.filter((one) => one.standing.status === 'connected').length
  const fallen = readings.filter(({ name, seen, startedAt }) => {
    const previous = standings.get(name)
    if (previous?.restartUntil != null && startedAt < previous.restartUntil) return false
    return previous !== undefined && isDoubtfulFall(previous, seen, nextStatus(previous, seen, startedAt))
  }).length
  if (!isMassFall(connected, fallen)) return stored.graceUntil
  const now = clock.now()
  const until = new Date(now.getTime() + GRACE_MS)
  const lastEndedBefore = new Date(now.getTime() - NEXT_GRACE_AFTER_MS)
  const begun = await onDatabase(() =>
    fleet.sql.run(beginGraceStatement, [stored.at, until, lastEndedBefore]),
  )
  if (begun.length === 0) return (await readStandings(fleet, [])).graceUntil
  fleet.log.warn(
    { connected, fallen, until: until.toISOString() },
    'most connected numbers fell at once: Evolution restarts or WhatsApp is out; their falls are not believed for 30 s',
  )
  return until
}
