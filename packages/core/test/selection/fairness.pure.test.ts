import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { load } from '../../src/instance/availability.ts'
import { createPool, type Pool } from '../../src/selection/pool.ts'
import { strategies } from '../../src/selection/strategies.ts'
import type { Strategy } from '../../src/selection/strategy.ts'
import { idle } from './arbitraries.ts'

const { round_robin: roundRobin, least_loaded: leastLoaded } = strategies

/** Takes so many and returns the names in order. */
function take(pool: Pool, strategy: Strategy, times: number, exclude?: ReadonlySet<string>): string[] {
  return Array.from({ length: times }, (_, atMs) => {
    const next = pool.next(strategy, exclude)
    if (!next) throw new Error('every instance can serve')
    pool.take(next, strategy, { atMs })
    return next.name
  })
}

function counts(names: string[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const name of names) found.set(name, (found.get(name) ?? 0) + 1)
  return found
}

/** The longest run of one name without another between. */
function longestRun(names: string[], of: string): number {
  let longest = 0
  let run = 0
  for (const name of names) {
    run = name === of ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}

const priorities = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 40 })

describe('round_robin', () => {
  it('serves each exactly as often as its priority in every full cycle', () => {
    fc.assert(
      fc.property(priorities, (weights) => {
        const pool = createPool()
        pool.update(weights.map((weight, at) => idle(`n${at}`, weight)))
        const cycle = weights.reduce((sum, weight) => sum + weight, 0)
        for (let turn = 0; turn < 3; turn++)
          expect(counts(take(pool, roundRobin, cycle))).toEqual(
            new Map(weights.map((weight, at) => [`n${at}`, weight])),
          )
      }),
      { numRuns: 40 },
    )
  })

  it('is smooth: at no moment are two of them further apart than one turn of each', () => {
    fc.assert(
      fc.property(priorities, (weights) => {
        const pool = createPool()
        pool.update(weights.map((weight, at) => idle(`n${at}`, weight)))
        const had = weights.map(() => 0)
        for (const name of take(pool, roundRobin, 300)) {
          const served = Number(name.slice(1))
          had[served] = (had[served] ?? 0) + 1
          const least = Math.max(...weights.map((weight, at) => ((had[at] ?? 0) - 1) / weight))
          const most = Math.min(...weights.map((weight, at) => ((had[at] ?? 0) + 1) / weight))
          expect(least).toBeLessThan(most)
        }
      }),
      { numRuns: 40 },
    )
  })

  const away: [string, (pool: Pool, name: string) => void, (pool: Pool, name: string) => void][] = [
    [
      'was disconnected',
      (pool, name) => pool.update([{ ...idle(name), status: 'disconnected' }]),
      (pool, name) => pool.update([idle(name)]),
    ],
    ['was deleted', (pool, name) => pool.forget(name), (pool, name) => pool.update([idle(name)])],
  ]
  it.each(away)('gives no burst to a number that %s for long', (_, leave, comeBack) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 8 }),
        fc.nat({ max: 30 }),
        fc.nat({ max: 400 }),
        (size, before, absent) => {
          const pool = createPool()
          pool.update(Array.from({ length: size }, (_, at) => idle(`n${at}`)))
          take(pool, roundRobin, before)
          leave(pool, 'n0')
          take(pool, roundRobin, absent)
          comeBack(pool, 'n0')
          const after = take(pool, roundRobin, size * 4)
          expect(longestRun(after, 'n0')).toBeLessThanOrEqual(2)
          expect(counts(after).get('n0')).toBeGreaterThanOrEqual(3)
          expect(counts(after).get('n0')).toBeLessThanOrEqual(5)
        },
      ),
    )
  })

  it('gives no burst to a number that callers had excluded for long', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.nat({ max: 400 }), (size, absent) => {
        const pool = createPool()
        pool.update(Array.from({ length: size }, (_, at) => idle(`n${at}`)))
        take(pool, roundRobin, absent, new Set(['n0']))
        expect(longestRun(take(pool, roundRobin, size * 4), 'n0')).toBeLessThanOrEqual(2)
      }),
    )
  })
})

describe('least_loaded', () => {
  const fleet = fc.array(
    fc.record({
      dailyCapacity: fc.integer({ min: 1, max: 300 }),
      sentToday: fc.integer({ min: 0, max: 300 }),
    }),
    { minLength: 1, maxLength: 20 },
  )

  it('levels the use: no instance gets a send while another would have had less use after it', () => {
    fc.assert(
      fc.property(fleet, fc.nat({ max: 500 }), (given, reserves) => {
        const pool = createPool()
        pool.update(given.map((one, at) => ({ ...idle(`n${at}`), ...one })))
        const before = new Map([...pool.all()].map((one) => [one.name, one.sentToday]))
        let taken = 0
        for (; taken < reserves; taken++) {
          const next = pool.next(leastLoaded)
          if (!next) break
          pool.take(next, leastLoaded, { atMs: taken })
        }
        // The use of each last chosen instance before its last send is not above the present use of any instance.
        const lowest = Math.min(
          ...[...pool.all()]
            .filter((one) => one.sentToday < one.dailyCapacity)
            .map((one) => load(one.sentToday, one.dailyCapacity)),
        )
        let sum = 0
        for (const one of pool.all()) {
          const more = one.sentToday - (before.get(one.name) ?? 0)
          sum += more
          if (more > 0) expect(load(one.sentToday - 1, one.dailyCapacity)).toBeLessThanOrEqual(lowest)
        }
        expect(sum).toBe(taken)
      }),
    )
  })

  it('spreads equals to within one send', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat({ max: 300 }), (size, reserves) => {
        const pool = createPool()
        pool.update(Array.from({ length: size }, (_, at) => idle(`n${at}`)))
        take(pool, leastLoaded, reserves)
        const sent = [...pool.all()].map((one) => one.sentToday)
        expect(Math.max(...sent) - Math.min(...sent)).toBeLessThanOrEqual(1)
      }),
    )
  })
})
