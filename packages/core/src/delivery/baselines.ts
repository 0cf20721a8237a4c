/** The evidence of past hours about a number. `share` is null where too few messages were sent. */
export type Baseline = { share: number | null; goodHour: Date | null }

/** The baselines that a process read, each for an hour. */
export type Baselines = {
  /** Those of these names that must be read. */
  missing(names: readonly string[]): string[]
  /** Stores what was read: a name without a baseline in `found` has none. */
  keep(names: readonly string[], found: ReadonlyMap<string, Baseline>): void
  get(name: string): Baseline
}

/** The clock hour that ends adds a 168th of seven days. */
const KEPT_FOR_MS = 3_600_000
const NONE: Baseline = { share: null, goodHour: null }

export function createBaselines(nowMs: () => number = () => performance.now()): Baselines {
  const kept = new Map<string, { baseline: Baseline; atMs: number }>()
  const isKept = (name: string): boolean => {
    const one = kept.get(name)
    return one !== undefined && nowMs() - one.atMs < KEPT_FOR_MS
  }
  return {
    missing: (names) => names.filter((name) => !isKept(name)),
    keep(names, found) {
      for (const name of names) kept.set(name, { baseline: found.get(name) ?? NONE, atMs: nowMs() })
    },
    get: (name) => kept.get(name)?.baseline ?? NONE,
  }
}
