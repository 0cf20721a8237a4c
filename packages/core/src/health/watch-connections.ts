import { setTimeout as pause } from 'node:timers/promises'
import type { HealthServerCall } from './health-fleet.ts'
import { isRestless, type Watched } from './health-state.ts'
import type { Reading } from './read-instances.ts'
import { readRecords, readState } from './read-state.ts'
import { readStoredHealth, type StoredHealth } from './read-stored-health.ts'
import { storeReadings } from './store-readings.ts'

const WATCH_MS = 8_000
/** A connection that is replaced is open for some 500 ms. */
const READ_EVERY_MS = 150
/**
 * Reads the restless ones of these connections for some seconds, and stores the result (see `isRestless`): one reading
 * cannot distinguish a short drop from two sockets that replace each other, nor an attempt to connect from one that WhatsApp
 * refuses. Returns at once; never throws.
 */
export function watchConnections(
  call: HealthServerCall,
  instances: readonly StoredHealth[],
  readings: readonly Reading[],
): void {
  const { background, connectionWatches } = call.fleet
  const healthByName = new Map(instances.map((one) => [one.name, one.health]))
  for (const { name, observed, startedAt } of readings) {
    if (connectionWatches.isFull()) return
    const health = healthByName.get(name)
    if (health === undefined || !isRestless(health, observed, startedAt)) continue
    if (!connectionWatches.begin(name)) continue
    background.start(call.log, 'the readings of an unsteady connection failed', (signal) =>
      watch(call, name, signal).finally(() => connectionWatches.end(name)),
    )
  }
}

async function watch(call: HealthServerCall, name: string, signal: AbortSignal): Promise<void> {
  const watched = await countTurns(call, name, signal)
  const { at, instances } = await readStoredHealth(call.fleet, [name])
  const [stored] = instances
  const { observed, state } = await readState(call, name, signal)
  if (stored?.server !== call.server || observed.kind !== 'state') return
  // The activation of Evolution's licence is stored for all instances at once, by a round.
  if (stored.health.reason === 'EVOLUTION_UNLICENSED') return
  const record = observed.state === 'open' ? null : ((await readRecords(call, [name])).get(name) ?? null)
  const reading: Reading = {
    name,
    startedAt: at,
    state,
    observed: observed.state === 'open' ? { ...observed, watched } : { ...observed, record, watched },
  }
  await storeReadings(call, [stored], [reading], {
    source: 'check',
    graceUntil: stored.graceUntil,
    always: true,
  })
  await call.fleet.engine.snapshot.refreshNames([name])
}

async function countTurns(call: HealthServerCall, name: string, signal: AbortSignal): Promise<Watched> {
  const untilMs = performance.now() + WATCH_MS
  const watched = { opens: 0, attempts: 0 }
  let last: string | null = null
  while (performance.now() < untilMs) {
    const { observed } = await readState(call, name, signal)
    if (observed.kind === 'silent' && observed.why === 'unlicensed') break
    const state = observed.kind === 'state' ? observed.state : null
    if (last !== null && state !== last && state === 'open') watched.opens++
    if (last !== null && state !== last && state === 'connecting') watched.attempts++
    last = state ?? last
    await pause(READ_EVERY_MS, undefined, { signal })
  }
  return watched
}
