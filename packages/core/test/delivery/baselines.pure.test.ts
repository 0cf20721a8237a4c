import { countTimersOf } from '@zapfleet/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Baseline, createBaselines } from '../../src/delivery/baselines.ts'

let timersLeft: () => number

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
  timersLeft = countTimersOf('/delivery/baselines.')
  // The library takes an entry of the moment 0 for one without a time.
  vi.advanceTimersByTime(1)
})
afterEach(() => void vi.useRealTimers())

const NONE: Baseline = { share: null, goodHour: null }
const some: Baseline = { share: 0.9, goodHour: new Date('2026-03-10T13:00:00Z') }

it('keeps what was read for an hour, also that a number has none', () => {
  const baselines = createBaselines()
  expect(baselines.missing(['a', 'b'])).toEqual(['a', 'b'])
  baselines.keep(['a', 'b'], new Map([['a', some]]))
  expect([baselines.get('a'), baselines.get('b'), baselines.get('c')]).toEqual([some, NONE, NONE])
  vi.advanceTimersByTime(3_599_000)
  expect(baselines.missing(['a', 'b', 'c'])).toEqual(['c'])
  expect(timersLeft()).toBeGreaterThan(0)
  vi.advanceTimersByTime(2_000)
  expect(baselines.missing(['a', 'b'])).toEqual(['a', 'b'])
  expect(baselines.get('a')).toEqual(NONE)
  // Nothing is left of them.
  expect(timersLeft()).toBe(0)
})

it('drops those of other names', () => {
  const baselines = createBaselines()
  baselines.keep(['a', 'b'], new Map([['a', some]]))
  baselines.keepOnly(['b', 'c'])
  expect(baselines.get('a')).toEqual(NONE)
  expect(baselines.missing(['a', 'b', 'c'])).toEqual(['a', 'c'])
})
