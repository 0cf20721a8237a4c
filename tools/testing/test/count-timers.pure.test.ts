import { afterEach, expect, it, vi } from 'vitest'
import { countTimersOf } from '../src/count-timers.ts'

const real = { setTimeout, clearTimeout }
afterEach(() => void vi.useRealTimers())

it('counts the timers of these files that neither fired nor were cleared, and no others', () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const own = countTimersOf('test/count-timers.')
  const fired = vi.fn()
  setTimeout(fired, 10, 'a', 'b')
  const cleared = setTimeout(fired, 10)
  expect(own()).toBe(2)
  clearTimeout(cleared)
  expect(own()).toBe(1)
  vi.advanceTimersByTime(10)
  expect([own(), fired.mock.calls]).toEqual([0, [['a', 'b']]])
  const others = countTimersOf('some/other/folder')
  setTimeout(fired, 10)
  expect([own(), others()]).toEqual([1, 0])
})

it('ends with the fake timers: the real ones are there again', () => {
  vi.useFakeTimers()
  countTimersOf('anywhere')
  vi.useRealTimers()
  expect({ setTimeout, clearTimeout }).toEqual(real)
  expect(globalThis.setTimeout).toBe(real.setTimeout)
})
