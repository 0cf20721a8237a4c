import type { Seen } from './demo-numbers.ts'

/** How long the demo keeps off a number that somebody else has sent through, in ms. */
const QUIET_MS = 15 * 60_000

/**
 * Lets the demo give way to visitors: a number whose count of today is not what the demo left is in use by somebody,
 * who wants to see it rise by exactly their own messages, and is left alone for a quarter of an hour.
 */
export type GivingWay = {
  /** Remembers a number as the demo left it. */
  sent(after: Seen): void
  /** The `names` among `seen` that nobody else uses at the moment `nowMs`. */
  without(seen: readonly Seen[], names: ReadonlySet<string>, nowMs: number): Set<string>
}

/** A {@link GivingWay} that has seen nothing yet: the first counts it sees are taken as the demo's. */
export function givingWay(): GivingWay {
  const left = new Map<string, number>()
  const quietUntil = new Map<string, number>()
  return {
    sent(after) {
      left.set(after.name, after.sentToday)
    },
    without(seen, names, nowMs) {
      const free = new Set<string>()
      for (const { name, sentToday } of seen) {
        if (!names.has(name)) continue
        // A count that fell began a new day.
        if (sentToday > (left.get(name) ?? sentToday)) quietUntil.set(name, nowMs + QUIET_MS)
        left.set(name, sentToday)
        if ((quietUntil.get(name) ?? 0) <= nowMs) free.add(name)
      }
      return free
    },
  }
}
