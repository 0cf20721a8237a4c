/** The allowance of one caller: `perSecond` continuously, and up to `burst` at once after a pause. */
export type Rate = { perSecond: number; burst: number }

/** The allowances of all callers. The clock is a parameter. */
export type RateKeeper = {
  /**
   * Takes `cost` from the allowance of `who` and returns null; or takes nothing and returns after how many milliseconds it would
   * be allowed. A cost above the burst counts as the burst: it would never be allowed.
   */
  take(who: string, cost: number, nowMs: number): number | null
  /** Takes `cost` afterwards, also below zero: `who` then waits longer, for two bursts at most. */
  charge(who: string, cost: number, nowMs: number): void
}

/** Callers in memory. The one that was added first is dropped for a new one. */
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
