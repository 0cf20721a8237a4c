import fc from 'fast-check'
import { expect, test } from 'vitest'
import { totalsOf } from '../apps/dashboard/src/fleet/totals.ts'
import { anInstance } from '../apps/dashboard/test/an-instance.ts'
import { windowStats } from '../packages/core/src/fleet/window-stats.ts'

const figure = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 30 }),
  fc.integer({ min: 0, max: 1_000_000 }),
)
const number = fc.record({
  hourlyCapacity: figure,
  sentThisHour: figure,
  dailyCapacity: figure,
  sentToday: figure,
})

test('the page and fleet.stats sum up connected numbers alike, whatever their limits and counts', () => {
  fc.assert(
    fc.property(fc.array(number, { maxLength: 8 }), (numbers) => {
      const totals = totalsOf(numbers.map((one) => anInstance(one)))
      expect(totals.hour).toEqual(
        windowStats(numbers.map((one) => ({ capacity: one.hourlyCapacity, sent: one.sentThisHour }))),
      )
      expect(totals.day).toEqual(
        windowStats(numbers.map((one) => ({ capacity: one.dailyCapacity, sent: one.sentToday }))),
      )
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['no number', [], { capacity: 0, sent: 0, remaining: 0, usedPercent: 0 }],
  ['a capacity of 0', [{ capacity: 0, sent: 0 }], { capacity: 0, sent: 0, remaining: 0, usedPercent: 0 }],
  [
    'a capacity of 0 after sends',
    [{ capacity: 0, sent: 9 }],
    { capacity: 0, sent: 9, remaining: 0, usedPercent: 0 },
  ],
  [
    'a limit below what was sent',
    [{ capacity: 10, sent: 15 }],
    { capacity: 10, sent: 15, remaining: 0, usedPercent: 100 },
  ],
  [
    'one above its limit takes nothing from another',
    [
      { capacity: 10, sent: 15 },
      { capacity: 90, sent: 0 },
    ],
    { capacity: 100, sent: 15, remaining: 90, usedPercent: 10 },
  ],
  [
    'all but one',
    [{ capacity: 100_000, sent: 99_999 }],
    { capacity: 100_000, sent: 99_999, remaining: 1, usedPercent: 99.9 },
  ],
  [
    'one of many',
    [{ capacity: 100_000, sent: 1 }],
    { capacity: 100_000, sent: 1, remaining: 99_999, usedPercent: 0.1 },
  ],
])('%s', (_, numbers, stats) => {
  expect(windowStats(numbers)).toEqual(stats)
})
