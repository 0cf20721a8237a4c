import { LRUCache } from 'lru-cache'

/** The evidence of past hours about a number. `share` is null where too few messages were sent. */
export type Baseline = { share: number | null; goodHour: Date | null }

/** The baselines that a process read, each for an hour. */
export type Baselines = {
  /** Those of these names that must be read. */
  missing(names: readonly string[]): string[]
  /** Stores what was read: a name without a baseline in `found` has none. */
  keep(names: readonly string[], found: ReadonlyMap<string, Baseline>): void
  /** Drops the baselines of all other names. */
  keepOnly(names: readonly string[]): void
  get(name: string): Baseline
}

/** The clock hour that ends adds a 168th of seven days. */
const KEPT_FOR_MS = 3_600_000
const NONE: Baseline = { share: null, goodHour: null }

export function createBaselines(): Baselines {
  const kept = new LRUCache<string, Baseline>({ ttl: KEPT_FOR_MS, ttlAutopurge: true, perf: performance })
  return {
    missing: (names) => names.filter((name) => !kept.has(name)),
    keep(names, found) {
      for (const name of names) kept.set(name, found.get(name) ?? NONE)
    },
    keepOnly(names) {
      const left = new Set(names)
      for (const name of [...kept.keys()]) if (!left.has(name)) kept.delete(name)
    },
    get: (name) => kept.get(name) ?? NONE,
  }
}
