import { expect, test } from 'vitest'
import type { InstanceReading } from '../src/demo-numbers.ts'
import { trackNumbersInUse } from '../src/numbers-in-use.ts'

const MINUTE = 60_000
const names = new Set(['a', 'b'])
const readings = (a: number, b: number, visitor = 0): InstanceReading[] =>
  Object.entries({ a, b, visitor }).map(([name, sentToday]) => ({
    name,
    status: 'connected',
    sentThisHour: sentToday,
    hourlyCapacity: 100,
    sentToday,
    dailyCapacity: 100,
  }))

test('its own messages do not block the demo', () => {
  const demo = trackNumbersInUse()
  expect(demo.free(readings(3, 4), names, 0)).toEqual(names)
  for (const one of readings(4, 4)) demo.recordSend(one)
  expect(demo.free(readings(4, 4), names, MINUTE)).toEqual(names)
})

test('a number that another program sent through is avoided for a quarter of an hour after the last time', () => {
  const demo = trackNumbersInUse()
  demo.free(readings(3, 4), names, 0)
  expect(demo.free(readings(3, 5), names, MINUTE)).toEqual(new Set(['a']))
  expect(demo.free(readings(3, 6), names, 10 * MINUTE)).toEqual(new Set(['a']))
  expect(demo.free(readings(3, 6), names, 24 * MINUTE)).toEqual(new Set(['a']))
  expect(demo.free(readings(3, 6), names, 25 * MINUTE)).toEqual(names)
})

test('a new day blocks no number, and numbers of visitors are never free for the demo', () => {
  const demo = trackNumbersInUse()
  demo.free(readings(30, 40, 5), names, 0)
  expect(demo.free(readings(0, 0, 9), names, MINUTE)).toEqual(names)
})
