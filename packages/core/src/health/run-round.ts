import { onKnownServer } from '../server/on-server.ts'
import { checkPhones } from './check-phones.ts'
import { GRACE_MS, isDoubtfulFall, isMassFall, NEXT_GRACE_AFTER_MS } from './grace.ts'
import type { HealthCall, HealthServerCall } from './health-fleet.ts'
import { nextStatus } from './next-status.ts'
import { clockSince, type DatabaseClock, type Reading, readInstances } from './read-instances.ts'
import { readHealthOfServer, type StoredFleet } from './read-stored-health.ts'
import { storeReadings } from './store-readings.ts'
import { beginGraceStatement, markRoundStatement } from './store-sql.ts'
import { watchConnections } from './watch-connections.ts'

/** How often a round reads why numbers closed that were closed before; all of them together cost Evolution some 100 ms. */
const THOROUGH_EVERY_MS = 60_000

/**
 * A full round that starts after the call: reads every instance on its server and stores what changed, each server for itself.
 *
 * @param how.skipSilent does not wait for servers that did not answer in the round before: their rounds end later
 * @returns how many instances got another status in the rounds that it waited for
 * @throws FleetError DATABASE_UNAVAILABLE; an Evolution that does not answer is an observation, not an error
 */
export async function runRound(
  call: HealthCall,
  { skipSilent = false }: { skipSilent?: boolean } = {},
): Promise<{ changed: number }> {
  const { servers, serverHealth, background } = call.fleet
  const awaited: Promise<number>[] = []
  for (const server of await servers.list()) {
    const one = onKnownServer(call, server)
    if (skipSilent && serverHealth(server.name).isSilent)
      background.start(call.log, 'a health round of a server that does not answer failed', async () => {
        await runRoundOf(one)
      })
    else awaited.push(runRoundOf(one))
  }
  await Promise.allSettled(awaited)
  const counts = await Promise.all(awaited)
  return { changed: counts.reduce((sum, count) => sum + count, 0) }
}

/**
 * A full round of one server that starts after the call. Rounds of a server never overlap in one process: a call during a round
 * waits for the next one, which all who wait share.
 *
 * @returns how many instances got another status
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export function runRoundOf(call: HealthServerCall): Promise<number> {
  const state = call.fleet.serverHealth(call.server)
  return state.rounds.run(async () => {
    const thorough = performance.now() - state.thoroughAtMs >= THOROUGH_EVERY_MS
    if (thorough) state.thoroughAtMs = performance.now()
    return readAndStore(call, thorough)
  })
}

async function readAndStore(call: HealthServerCall, thorough: boolean): Promise<number> {
  const { fleet, server } = call
  const stored = await readHealthOfServer(fleet, server)
  const clock = clockSince(stored)
  const readings = await readInstances(call, stored.instances, clock, { thorough })
  fleet.serverHealth(server).isSilent = readings.length > 0 && readings.every(isUnanswered)
  const graceUntil = await graceFor(call, stored, readings, clock)
  const { changed, restated, connected } = await storeReadings(call, stored.instances, readings, {
    source: 'poll',
    graceUntil,
    always: false,
  })
  watchConnections(call, stored.instances, readings)
  const hadNoAnswer =
    readings.length > 0 ? readings.every(({ observed }) => observed.kind === 'silent') : null
  await fleet.sql.run(markRoundStatement, [stored.at, fleet.clock(), server, hadNoAnswer])
  if (changed > 0) await fleet.engine.snapshot.refresh()
  await checkPhones(call, connected, { unread: thorough })
  return restated
}

const isUnanswered = ({ observed }: Reading): boolean =>
  observed.kind === 'silent' && observed.why === 'unreachable'

/**
 * Until when falls of many at once are not stored: by the stored grace, or because this round observes the begin of such a
 * fall.
 */
async function graceFor(
  call: HealthServerCall,
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
  const grace = stored.instances[0]?.graceUntil ?? null
  if (!isMassFall(connected, fallen)) return grace
  const now = clock.now()
  const until = new Date(now.getTime() + GRACE_MS)
  const lastEndedBefore = new Date(now.getTime() - NEXT_GRACE_AFTER_MS)
  const begun = await call.fleet.sql.run(beginGraceStatement, [
    stored.at,
    until,
    lastEndedBefore,
    call.server,
  ])
  if (begun.length === 0) return readGrace(call)
  call.log.warn(
    { server: call.server, connected, fallen, until: until.toISOString() },
    'most connected numbers fell at once: Evolution restarts or WhatsApp is out; their falls are not stored for 30 s',
  )
  return until
}

/** The grace that another process began. */
async function readGrace({ fleet, server }: HealthServerCall): Promise<Date | null> {
  const row = await fleet.sql.prisma.healthRound.findUnique({ where: { server } })
  return row?.graceUntil ?? null
}
