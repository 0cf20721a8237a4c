import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { shareFor } from '../../src/ground/share-for.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('shares a result until its time is over, counted from the start of the run', async () => {
  const shared = shareFor<number>(100)
  let runs = 0
  const call = (): Promise<number> => shared.run(async () => ++runs)
  expect(await call()).toBe(1)
  vi.advanceTimersByTime(99)
  expect(await call()).toBe(1)
  vi.advanceTimersByTime(1)
  expect(await call()).toBe(2)
})

it('does not share a run that failed with later calls', async () => {
  const shared = shareFor<number>(Number.POSITIVE_INFINITY)
  await expect(shared.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await shared.run(async () => 1)).toBe(1)
  expect(await shared.run(async () => 2)).toBe(1)
})
