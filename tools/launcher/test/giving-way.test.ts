import { expect, test } from 'vitest'
import type { Seen } from '../src/demo-numbers.ts'
import { givingWay } from '../src/giving-way.ts'

const MINUTE = 60_000
const names = new Set(['a', 'b'])
const seen = (a: number, b: number, visitor = 0): Seen[] =>
  Object.entries({ a, b, visitor }).map(([name, sentToday]) => ({
    name,
    status: 'connected',
    sentThisHour: sentToday,
    hourlyCapacity: 100,
    sentToday,
    dailyCapacity: 100,
  }))

test('its own messages keep the demo from nothing', () => {
  const demo = givingWay()
  expect(demo.without(seen(3, 4), names, 0)).toEqual(names)
  for (const one of seen(4, 4)) demo.sent(one)
  expect(demo.without(seen(4, 4), names, MINUTE)).toEqual(names)
})

test('a number that somebody else has sent through is left alone for a quarter of an hour after the last time', () => {
  const demo = givingWay()
  demo.without(seen(3, 4), names, 0)
  expect(demo.without(seen(3, 5), names, MINUTE)).toEqual(new Set(['a']))
  expect(demo.without(seen(3, 6), names, 10 * MINUTE)).toEqual(new Set(['a']))
  expect(demo.without(seen(3, 6), names, 24 * MINUTE)).toEqual(new Set(['a']))
  expect(demo.without(seen(3, 6), names, 25 * MINUTE)).toEqual(names)
})

test('a new day disturbs nobody, and numbers of visitors are never free for the demo', () => {
  const demo = givingWay()
  demo.without(seen(30, 40, 5), names, 0)
  expect(demo.without(seen(0, 0, 9), names, MINUTE)).toEqual(names)
})
