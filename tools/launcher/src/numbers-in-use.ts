import type { InstanceReading } from './demo-numbers.ts'

/** The time that the demo avoids a number after another program sent through it, in ms. */
const QUIET_MS = 15 * 60_000

/**
 * Keeps the demo away from numbers that visitors use: if the count of today is not the one that the demo left, another program
 * sends through the number and should see it rise by its own messages only. The demo avoids such a number for a quarter of an
 * hour.
 */
export type NumbersInUse = {
  /** Stores the counts of a number as the demo left them. */
  recordSend(after: InstanceReading): void
  /** The `names` among `readings` that no other program uses at `nowMs`. */
  free(readings: readonly InstanceReading[], names: ReadonlySet<string>, nowMs: number): Set<string>
}

/** A new {@link NumbersInUse}: it takes the first counts as the demo's. */
export function trackNumbersInUse(): NumbersInUse {
  const left = new Map<string, number>()
  const quietUntil = new Map<string, number>()
  return {
    recordSend(after) {
      left.set(after.name, after.sentToday)
    },
    free(readings, names, nowMs) {
      const unused = new Set<string>()
      for (const { name, sentToday } of readings) {
        if (!names.has(name)) continue
        // A lower count means a new day.
        if (sentToday > (left.get(name) ?? sentToday)) quietUntil.set(name, nowMs + QUIET_MS)
        left.set(name, sentToday)
        if ((quietUntil.get(name) ?? 0) <= nowMs) unused.add(name)
      }
      return unused
    },
  }
}
