import { setTimeout as pause } from 'node:timers/promises'
import type { Fleet } from '../fleet/fleet.ts'
import { runBehind } from '../ground/background.ts'
import { onDatabase } from '../ground/on-database.ts'
import { isRestless, type Watched } from './health-state.ts'
import { readStandings, type StoredStanding } from './read-health-states.ts'
import type { Reading } from './read-instances.ts'
import { readRecords, readState } from './read-state.ts'
import { storeReadings } from './store-readings.ts'

const WATCH_MS = 8_000
/** A line that is replaced is open for some 500 ms. */
const READ_EVERY_MS = 150
/** Lines that are watched at the same time: each costs Evolution some 7 cheap calls a second. */
const AT_A_TIME = 10
/** A line rests so long between the begins of two watches. */
const APART_MS = 20_000

type Watches = { running: Set<string>; begunAtMs: Map<string, number> }

const watchesOf = new WeakMap<Fleet['sql'], Watches>()

/**
 * Watches the restless ones of these lines for some seconds, and stores what that tells (see `isRestless`): one reading cannot tell a
 * short drop from two sockets that replace each other, nor an attempt to connect from one that WhatsApp refuses. Returns at once;
 * never throws.
 */
export function watchLines(
  fleet: Fleet,
  instances: readonly StoredStanding[],
  readings: readonly Reading[],
): void {
  const watches = watchesOf.get(fleet.sql) ?? { running: new Set(), begunAtMs: new Map() }
  watchesOf.set(fleet.sql, watches)
  const standings = new Map(instances.map((one) => [one.name, one.standing]))
  const nowMs = performance.now()
  for (const [name, begunAtMs] of watches.begunAtMs)
    if (nowMs - begunAtMs >= APART_MS) watches.begunAtMs.delete(name)
  for (const { name, seen, startedAt } of readings) {
    if (watches.running.size >= AT_A_TIME) return
    const standing = standings.get(name)
    if (standing === undefined || !isRestless(standing, seen, startedAt)) continue
    if (watches.running.has(name) || watches.begunAtMs.has(name)) continue
    watches.running.add(name)
    watches.begunAtMs.set(name, nowMs)
    runBehind(fleet, 'a restless line could not be watched', (signal) =>
      watch(fleet, name, signal).finally(() => watches.running.delete(name)),
    )
  }
}

async function watch(fleet: Fleet, name: string, signal: AbortSignal): Promise<void> {
  const watched = await countTurns(fleet, name, signal)
  const { at, graceUntil, instances } = await readStandings(fleet, [name])
  const [stored] = instances
  const { seen, state } = await readState(fleet, name, signal)
  if (stored === undefined || seen.kind !== 'state') return
  const record = seen.state === 'open' ? null : ((await readRecords(fleet, [name])).get(name) ?? null)
  const reading: Reading = {
    name,
    startedAt: at,
    state,
    seen: seen.state === 'open' ? { ...seen, watched } : { ...seen, record, watched },
  }
  await storeReadings(fleet, [stored], [reading], { source: 'check', graceUntil, always: true })
  await onDatabase(() => fleet.engine.snapshot.refreshNames([name]))
}

async function countTurns(fleet: Fleet, name: string, signal: AbortSignal): Promise<Watched> {
  const untilMs = performance.now() + WATCH_MS
  const watched = { opens: 0, attempts: 0 }
  let last: string | null = null
  while (performance.now() < untilMs) {
    const { seen } = await readState(fleet, name, signal)
    const state = seen.kind === 'state' ? seen.state : null
    if (last !== null && state !== last && state === 'open') watched.opens++
    if (last !== null && state !== last && state === 'connecting') watched.attempts++
    last = state ?? last
    await pause(READ_EVERY_MS, undefined, { signal })
  }
  return watched
}
