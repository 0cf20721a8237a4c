import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type ClaimersWatch, watchClaimers } from '../../src/ground/watch-claimers.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

/** Claims so often, and returns whether others claim after the look that may follow. */
async function claim(watch: ClaimersWatch, times: number): Promise<boolean> {
  for (let time = 0; time < times; time++) watch.onClaim()
  await Promise.resolve()
  await Promise.resolve()
  return watch.othersClaim()
}

it('looks after twenty claims, once a second at most', async () => {
  const run = vi.fn(async () => [{ others: false }])
  const watch = watchClaimers(run, () => 7)
  expect(await claim(watch, 19)).toBe(false)
  expect(run).not.toHaveBeenCalled()
  await claim(watch, 100)
  expect(run).toHaveBeenCalledOnce()
  expect(run).toHaveBeenCalledWith(expect.anything(), [7])
  vi.advanceTimersByTime(1_000)
  await claim(watch, 1)
  expect(run).toHaveBeenCalledTimes(2)
})

it('others count for five seconds after others were seen', async () => {
  const watch = watchClaimers(
    vi.fn(async () => [{ others: false }]).mockResolvedValueOnce([{ others: true }]),
    () => 7,
  )
  expect(await claim(watch, 22)).toBe(true)
  vi.advanceTimersByTime(4_999)
  expect(await claim(watch, 22)).toBe(true)
  vi.advanceTimersByTime(1)
  expect(watch.othersClaim()).toBe(false)
})

it('others do not count where the server refuses early commits, also when they were seen before', async () => {
  const run = vi.fn(async () => [{ others: true }])
  const watch = watchClaimers(run, () => 7)
  expect(await claim(watch, 22)).toBe(true)
  run.mockRejectedValue(new Error('permission denied to set parameter "synchronous_commit"'))
  vi.advanceTimersByTime(1_000)
  expect(await claim(watch, 22)).toBe(false)
})
