/** How much one caller may do: `perSecond` for ever, and up to `burst` at once after a rest. */
export type Rate = { perSecond: number; burst: number }

/** Which rates are kept, by whatever names callers. Pure but for its memory: the clock is handed in. */
export type RateKeeper = {
  /**
   * Takes `cost` of what `who` may do, or nothing: then the answer is in how many milliseconds it could be had. A cost
   * above the burst counts as the burst, or it could never be had.
   */
  take(who: string, cost: number, nowMs: number): number | null
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
  return {
    take(who, cost, nowMs) {
      const fromMs = Math.max(fullAgainAtMs.get(who) ?? nowMs, nowMs)
      const untilMs = fromMs + Math.min(cost, burst) * costMs
      const waitMs = untilMs - nowMs - burst * costMs
      if (waitMs > 1e-6) return waitMs
      if (fullAgainAtMs.size >= REMEMBERED && !fullAgainAtMs.has(who)) {
        const [oldest] = fullAgainAtMs.keys()
        if (oldest !== undefined) fullAgainAtMs.delete(oldest)
      }
      fullAgainAtMs.set(who, untilMs)
      return null
    },
  }
}

/** What a network address counts as: an IPv6 host owns a whole /64 and may call from any address of it. */
export function networkOf(address: string): string {
  if (!address.includes(':') || address.startsWith('::ffff:')) return address
  const [head = '', tail = ''] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const after = tail === '' ? 0 : tail.split(':').length
  while (groups.length + after < 8 && groups.length < 4) groups.push('0')
  return `${groups.slice(0, 4).join(':')}::/64`
}
