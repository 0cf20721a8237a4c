import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isAvailable } from '../../src/selection/candidate.ts'
import { createPool, type Pool } from '../../src/selection/pool.ts'
import { strategies } from '../../src/selection/strategies.ts'
import type { Strategy } from '../../src/selection/strategy.ts'
import { fleetSeen, idle, instanceName, seen } from './arbitraries.ts'

const each = Object.entries(strategies) as [string, Strategy][]
const strategy = fc.constantFrom(...each.map(([, one]) => one))
const exclude = fc.option(
  fc.uniqueArray(instanceName, { maxLength: 12 }).map((names) => new Set(names)),
  {
    nil: undefined,
  },
)

const step = fc.oneof(
  fc.record({ act: fc.constant('see' as const), fleet: fleetSeen }),
  fc.record({ act: fc.constant('see twice' as const), fleet: fc.array(seen, { maxLength: 6 }) }),
  fc.record({ act: fc.constant('see all' as const), fleet: fleetSeen, except: exclude }),
  fc.record({ act: fc.constant('forget' as const), name: instanceName }),
  fc.record({ act: fc.constant('take' as const), strategy, exclude, atMs: fc.nat({ max: 9 }) }),
  fc.record({ act: fc.constant('turn' as const), strategy }),
)

function act(pool: Pool, { ...did }: typeof step extends fc.Arbitrary<infer Step> ? Step : never): void {
  if (did.act === 'see' || did.act === 'see twice') pool.update(did.fleet)
  else if (did.act === 'see all') pool.updateAll(did.fleet, did.except)
  else if (did.act === 'forget') pool.forget(did.name)
  else {
    const next = pool.next(did.strategy, did.act === 'take' ? did.exclude : undefined)
    if (!next) return
    if (did.act === 'take') pool.take(next, did.strategy, { atMs: did.atMs })
    else pool.turn(next, did.strategy)
  }
}

describe('the fleet in memory', () => {
  it('returns as next what a plain sort puts first, after any sequence of readings, picks and removals', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), exclude, (steps, excluded) => {
        const pool = createPool()
        for (const one of steps) {
          act(pool, one)
          for (const [, by] of each) {
            expect(pool.next(by)).toBe(pool.ranking(by)[0])
            expect(pool.next(by, excluded)).toBe(pool.ranking(by, excluded)[0])
          }
        }
      }),
    )
  })

  it('ranks each available instance once, in order, and no other, by every strategy', () => {
    fc.assert(
      fc.property(fleetSeen, fc.array(step, { maxLength: 15 }), exclude, (fleet, steps, excluded) => {
        const pool = createPool()
        pool.update(fleet)
        for (const one of steps) act(pool, one)
        const able = [...pool.all()].filter((one) => isAvailable(one) && !excluded?.has(one.name))
        for (const [, by] of each) {
          const ranking = pool.ranking(by, excluded)
          expect(new Set(ranking)).toEqual(new Set(able))
          expect(ranking).toHaveLength(able.length)
          for (const [place, one] of ranking.entries())
            for (const after of ranking.slice(place + 1)) expect(by.order(one, after)).toBeLessThan(0)
        }
      }),
    )
  })

  it('holds the last reading of every instance, and only those of the whole fleet or the exceptions', () => {
    fc.assert(
      fc.property(fleetSeen, fleetSeen, exclude, (before, now, except) => {
        const pool = createPool()
        pool.update(before)
        pool.updateAll(now, except)
        const expected = new Map(now.map((one) => [one.name, one]))
        for (const name of except ?? []) {
          const known = before.find((one) => one.name === name)
          if (known) expected.set(name, known)
          else expected.delete(name)
        }
        const held = new Map([...pool.all()].map(({ turn, ...one }) => [one.name, one]))
        expect(held).toEqual(expected)
      }),
    )
  })
})

describe('an order', () => {
  it.each(each)(
    '%s is total: of two different instances exactly one comes first, without a circle',
    (_, by) => {
      fc.assert(
        fc.property(seen, seen, seen, fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)), (one, two, three, turns) => {
          const [a, b, c] = [one, two, three].map((seenOne, at) => ({ ...seenOne, turn: turns[at] ?? 0 }))
          if (!a || !b || !c) throw new Error('three were made')
          expect(Math.sign(by.order(a, b))).toBe(-Math.sign(by.order(b, a)) + 0)
          if (a.name !== b.name) expect(by.order(a, b)).not.toBe(0)
          if (by.order(a, b) < 0 && by.order(b, c) < 0) expect(by.order(a, c)).toBeLessThan(0)
        }),
      )
    },
  )
})

describe('a strategy', () => {
  it.each(each)('%s never names an unavailable or excluded instance', (_, by) => {
    fc.assert(
      fc.property(fleetSeen, exclude, fc.nat({ max: 60 }), (fleet, excluded, asks) => {
        const pool = createPool()
        pool.update(fleet)
        for (let ask = 0; ask < asks; ask++) {
          const next = pool.next(by, excluded)
          if (!next) {
            expect([...pool.all()].filter((one) => isAvailable(one) && !excluded?.has(one.name))).toEqual([])
            return
          }
          expect(isAvailable(next)).toBe(true)
          expect(excluded?.has(next.name) ?? false).toBe(false)
          pool.take(next, by, { atMs: ask })
        }
      }),
    )
  })

  it.each(each)('%s fills every seat there is and no more', (_, by) => {
    fc.assert(
      fc.property(fleetSeen, (fleet) => {
        const pool = createPool()
        pool.update(fleet)
        const room = [...pool.all()]
          .filter(isAvailable)
          .reduce(
            (sum, one) =>
              sum + Math.min(one.hourlyCapacity - one.sentThisHour, one.dailyCapacity - one.sentToday),
            0,
          )
        let taken = 0
        for (let next = pool.next(by); next; next = pool.next(by)) {
          pool.take(next, by, { atMs: ++taken })
          expect(taken).toBeLessThanOrEqual(room)
        }
        expect(taken).toBe(room)
      }),
    )
  })
})

describe('a rotation among equals', () => {
  it('starts with the one whose last send is oldest', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(1_000), { minLength: 1, maxLength: 12 }), (lastSent) => {
        const pool = createPool()
        pool.update(lastSent.map((lastSentAtMs, at) => ({ ...idle(`n${at}`), lastSentAtMs })))
        const served = lastSent.map(() => {
          const next = pool.next(strategies.round_robin)
          if (!next) throw new Error('every instance can serve')
          const { lastSentAtMs } = next
          pool.take(next, strategies.round_robin, { atMs: 2_000 })
          return lastSentAtMs
        })
        expect(served).toEqual(lastSent.toSorted((a, b) => a - b))
      }),
    )
  })
})
