import type { Ground } from '../ground/ground.ts'
import { singleFlight } from '../ground/single-flight.ts'
import { createPools, type Pools } from '../selection/pools.ts'
import type { WindowEnds } from '../selection/refusal.ts'
import { type FleetReading, readFleet } from './read-fleet.ts'

/** The fleet in memory and how old that picture is. */
export type Snapshot = {
  readonly pools: Pools
  /** When the windows of the last reading end, by the database's clock. */
  ends(): WindowEnds
  /** The present by the database's clock, as this process computes it. */
  nowMs(): number
  /** Makes sure there is a picture that is fit to rank on; reads only when it must. */
  ready(): Promise<void>
  /**
   * Reads the whole fleet now. Returns the names that kept the result of a claim in flight instead, which may be a little
   * older than the call.
   */
  refresh(): Promise<ReadonlySet<string>>
  /** Reads these names now. */
  refreshNames(names: string[]): Promise<void>
  /** Keeps the result of a claim for these names, instead of a reading in progress. */
  keep(names: Iterable<string>): void
  /** Makes the next `ready` read. */
  invalidate(): void
}

/** A snapshot older than this is read again in the background. */
const REFRESH_AFTER_MS = 1_000
/** A picture older than this is not ranked on. */
const TOO_OLD_MS = 3_000

/**
 * @param undecided instances with seats in claims in flight, whose results are newer than a reading that began before
 */
export function createSnapshot(ground: Ground, undecided: ReadonlyMap<string, number>): Snapshot {
  const pools = createPools()
  let last: { reading: FleetReading; readAtMs: number } | null = null
  const reading = singleFlight<ReadonlySet<string>>()
  const kept = new Set<string>()

  const nowMs = (): number =>
    ground.clock()?.getTime() ?? (last ? last.reading.atMs + (performance.now() - last.readAtMs) : Date.now())

  const read = async (): Promise<ReadonlySet<string>> => {
    kept.clear()
    for (const name of undecided.keys()) kept.add(name)
    const startedAtMs = performance.now()
    const found = await readFleet(ground)
    pools.updateAll(found.candidates, kept)
    // The database read its clock between query and answer; the earlier end of that span can only cause one reading
    // too many.
    last = { reading: found, readAtMs: startedAtMs }
    return new Set(kept)
  }
  const refresh = (): Promise<ReadonlySet<string>> => reading.run(read)

  return {
    pools,
    nowMs,
    ends: () => ({ nextHourMs: last?.reading.nextHourMs ?? 0, nextDayMs: last?.reading.nextDayMs ?? 0 }),
    async ready() {
      const ageMs = last ? performance.now() - last.readAtMs : Number.POSITIVE_INFINITY
      const hourOver =
        last !== null && (nowMs() >= last.reading.nextHourMs || nowMs() < last.reading.atMs - TOO_OLD_MS)
      if (ageMs > TOO_OLD_MS || hourOver) {
        await reading.current()
        await refresh()
      } else if (ageMs > REFRESH_AFTER_MS && reading.current() === null) {
        // Background refresh; errors are ignored. Callers that need fresh data await refresh() and receive the error.
        refresh().catch(() => {})
      }
    },
    async refresh() {
      // One that is under way may have started before what the caller wants to see.
      await reading.current()?.catch(() => {})
      return refresh()
    },
    async refreshNames(names) {
      const { candidates: seen } = await readFleet(ground, names)
      const found = new Set(seen.map((one) => one.name))
      for (const name of names) if (!found.has(name)) pools.forget(name)
      pools.update(seen)
      for (const name of names) kept.add(name)
    },
    keep(names) {
      for (const name of names) kept.add(name)
    },
    invalidate() {
      last = null
    },
  }
}
