import { describe, expect, it } from 'vitest'
import { checksOf, verdictOf } from '../src/legacy/verdict.ts'

/** A fleet of `online` and `others` numbers with the day's capacity of those that are online. */
const fleet = (
  online: number,
  others: { disconnected?: number; connecting?: number; banned?: number; unknown?: number },
  [used, capacity]: readonly [number, number] = [0, 100],
) => {
  const byStatus = { connected: online, disconnected: 0, connecting: 0, banned: 0, unknown: 0, ...others }
  const remaining = capacity - used
  return {
    total: Object.values(byStatus).reduce((sum, one) => sum + one, 0),
    byStatus,
    day: { capacity, sent: used, remaining, usedPercent: 0 },
  }
}

describe('the verdict of GET /dashboard/health', () => {
  it.each([
    ['no number at all', fleet(0, {}, [0, 0]), 'critical'],
    ['no number online', fleet(0, { disconnected: 3 }, [0, 0]), 'critical'],
    ['numbers that only connect', fleet(0, { connecting: 2 }, [0, 0]), 'critical'],
    ['every number banned', fleet(0, { banned: 1 }, [0, 0]), 'critical'],
    ['one of three online', fleet(1, { disconnected: 2 }), 'degraded'],
    ['one of three online, two banned', fleet(1, { banned: 2 }), 'degraded'],
    ['under half online and the day used up', fleet(1, { unknown: 2 }, [100, 100]), 'degraded'],
    ['exactly half online', fleet(2, { disconnected: 1, banned: 1 }), 'healthy'],
    ['one number under half of an odd fleet', fleet(2, { disconnected: 3 }), 'degraded'],
    ['one number over half of an odd fleet', fleet(3, { disconnected: 2 }), 'healthy'],
    ['exactly 80 % used', fleet(1, {}, [80, 100]), 'healthy'],
    ['one message over 80 % of a small fleet', fleet(1, {}, [81, 100]), 'warning'],
    ['one message over 80 % of a large fleet', fleet(1, {}, [800_001, 1_000_000]), 'warning'],
    ['exactly 80 % of a capacity that has no exact share', fleet(1, {}, [28, 35]), 'healthy'],
    ['everything used', fleet(1, {}, [100, 100]), 'warning'],
    ['half online and over 80 %', fleet(1, { banned: 1 }, [90, 100]), 'warning'],
    ['online without a capacity', fleet(1, {}, [0, 0]), 'healthy'],
  ] as const)('%s', (_what, figures, verdict) => {
    expect(verdictOf(figures)).toBe(verdict)
    expect(Object.values(checksOf(figures)).every(Boolean)).toBe(verdict === 'healthy')
  })

  it('counts what is left of each number: one that sent above its limit uses up no other', () => {
    // Two limits of 100: one sent 170, the other nothing.
    const day = { capacity: 200, sent: 170, remaining: 100, usedPercent: 50 }
    expect(verdictOf({ ...fleet(2, {}), day })).toBe('healthy')
  })
})
