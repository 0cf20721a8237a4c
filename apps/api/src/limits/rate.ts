/** How much one caller may do: `perSecond` for ever, and up to `burst` at once after a rest. */
export type Rate = { perSecond: number; burst: number }

/** Which rates are kept, by whatever names callers. Pure but for its memory: the clock is handed in. */
export type RateKeeper = {
  /**
   * Takes `cost` of what `who` may do, or nothing: then the answer is in how many milliseconds it could be had. A cost
   * above the burst counts as the burst, or it could never be had.
   */
  take(who: string, cost: number, nowMs: number): number | null
  /** Takes `cost` that is known only afterwards, also below zero: `who` then waits longer, for two bursts at most. */
  charge(who: string, cost: number, nowMs: number): void
}

/** Everybody who asked lately; whoever is forgotten has rested, or made room for ten thousand others. */
const REMEMBERED = 10_000

/**
 * The generic cell rate algorithm (ITU-T I.371): a token bucket that needs one number for each caller, the instant at which
 * its bucket is full again.
 */
export function keepRate({ perSecond, burst }: Rate): RateKeeper {
  const fullAgainAtMs = new Map<string, number>()
  const costMs = 1_000 / perSecond
  const remember = (who: string, untilMs: number): void => {
    if (fullAgainAtMs.size >= REMEMBERED && !fullAgainAtMs.has(who)) {
      const [oldest] = fullAgainAtMs.keys()
      if (oldest !== undefined) fullAgainAtMs.delete(oldest)
    }
    fullAgainAtMs.set(who, untilMs)
  }
  return {
    charge(who, cost, nowMs) {
      const fromMs = Math.max(fullAgainAtMs.get(who) ?? nowMs, nowMs)
      remember(who, Math.max(fromMs, Math.min(fromMs + cost * costMs, nowMs + 2 * burst * costMs)))
    },
    take(who, cost, nowMs) {
      const fromMs = Math.max(fullAgainAtMs.get(who) ?? nowMs, nowMs)
      const untilMs = fromMs + Math.min(cost, burst) * costMs
      const waitMs = untilMs - nowMs - burst * costMs
      if (waitMs > 1e-6) return waitMs
      remember(who, untilMs)
      return null
    },
  }
}
