import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keepRate } from '../../src/limits/rate.ts'
import { canonicalAddress, networkOf } from '../../src/network/address.ts'

describe('a rate', () => {
  it('allows a burst, then a number per second, and returns the wait for the next', () => {
    const rate = keepRate({ perSecond: 10, burst: 5 })
    for (let i = 0; i < 5; i++) expect(rate.take('a', 1, 1_000)).toBeNull()
    expect(rate.take('a', 1, 1_000)).toBeCloseTo(100)
    expect(rate.take('a', 1, 1_099)).toBeCloseTo(1)
    expect(rate.take('a', 1, 1_100)).toBeNull()
    expect(rate.take('a', 3, 1_100)).toBeCloseTo(300)
    expect(rate.take('a', 5, 9_999)).toBeNull()
  })

  it('is each caller’s own', () => {
    const rate = keepRate({ perSecond: 1, burst: 1 })
    expect(rate.take('a', 1, 0)).toBeNull()
    expect(rate.take('a', 1, 0)).toBe(1_000)
    expect(rate.take('b', 1, 0)).toBeNull()
  })

  it('a batch larger than the burst runs when the burst is whole', () => {
    const rate = keepRate({ perSecond: 10, burst: 5 })
    expect(rate.take('a', 500, 0)).toBeNull()
    expect(rate.take('a', 500, 100)).toBeCloseTo(400)
    expect(rate.take('a', 500, 500)).toBeNull()
  })

  it('never allows more than the burst and the rate, whenever calls arrive', () => {
    const calls = fc.array(fc.record({ afterMs: fc.nat(500), cost: fc.integer({ min: 1, max: 4 }) }), {
      maxLength: 200,
    })
    fc.assert(
      fc.property(
        calls,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 4, max: 60 }),
        (given, perSecond, burst) => {
          const rate = keepRate({ perSecond, burst })
          let nowMs = 0
          const taken: { atMs: number; cost: number }[] = []
          for (const { afterMs, cost } of given) {
            nowMs += afterMs
            const waitMs = rate.take('a', cost, nowMs)
            if (waitMs === null) taken.push({ atMs: nowMs, cost })
            // A refused call is allowed at the returned instant.
            else expect(keepRateAfter(taken, { perSecond, burst }).take('a', cost, nowMs + waitMs)).toBeNull()
          }
          for (const [i, first] of taken.entries()) {
            let sum = 0
            for (const { atMs, cost } of taken.slice(i)) {
              sum += cost
              expect(sum).toBeLessThanOrEqual(burst + ((atMs - first.atMs) / 1_000) * perSecond + 1e-6)
            }
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  it('may be charged afterwards, into a debt of two bursts at most', () => {
    const rate = keepRate({ perSecond: 10, burst: 20 })
    rate.charge('a', 25, 0)
    expect(rate.take('a', 1, 0)).toBeCloseTo(600)
    rate.charge('a', 1_000_000, 0)
    expect(rate.take('a', 1, 0)).toBeCloseTo(2_100)
    expect(rate.take('b', 20, 0)).toBeNull()
  })

  it('holds ten thousand callers, and drops the first', () => {
    const rate = keepRate({ perSecond: 0.001, burst: 1 })
    for (let i = 0; i <= 10_000; i++) rate.take(`caller ${i}`, 1, 0)
    expect(rate.take('caller 1', 1, 0)).not.toBeNull()
    expect(rate.take('caller 0', 1, 0)).toBeNull()
  })
})

function keepRateAfter(taken: { atMs: number; cost: number }[], how: { perSecond: number; burst: number }) {
  const rate = keepRate(how)
  for (const { atMs, cost } of taken) rate.take('a', cost, atMs)
  return rate
}

describe('an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:4711', '203.0.113.7'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['2001:DB8:0001:02:3::', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002:ffff::1', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::9]:443', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9%eth0', '2001:db8:1:2::/64'],
    ['unknown', 'unknown'],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network)
  })

  it('has one spelling without port, brackets and zone', () => {
    expect(canonicalAddress('[2001:DB8::0001]:443')).toBe('2001:db8::1')
    expect(canonicalAddress('::ffff:10.0.0.1')).toBe('10.0.0.1')
    expect(canonicalAddress(undefined)).toBe('')
  })
})
