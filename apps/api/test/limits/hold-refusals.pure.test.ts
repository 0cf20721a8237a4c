import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { holdRefusals } from '../../src/limits/hold-refusals.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('a refusal is made after a quarter of a second, once', () => {
  const hold = holdRefusals()
  const refuse = vi.fn()
  hold(refuse)
  vi.advanceTimersByTime(249)
  expect(refuse).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(refuse).toHaveBeenCalledTimes(1)
  vi.runAllTimers()
  expect(refuse).toHaveBeenCalledTimes(1)
})

it('while a thousand wait, further ones are made at once, and wait again when those are over', () => {
  const hold = holdRefusals()
  const first = vi.fn()
  for (let i = 0; i < 1_000; i++) hold(first)
  expect(first).not.toHaveBeenCalled()
  const further = vi.fn()
  hold(further)
  expect(further).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(250)
  expect(first).toHaveBeenCalledTimes(1_000)
  hold(further)
  expect(further).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(250)
  expect(further).toHaveBeenCalledTimes(2)
})
