import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { watchClaimers } from '../../src/ground/watch-claimers.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
})

async function claim(isEarly: () => boolean, times: number): Promise<boolean> {
  for (let time = 1; time < times; time++) isEarly()
  await Promise.resolve()
  await Promise.resolve()
  return isEarly()
}

it('looks after twenty claims, once a second at most', async () => {
  const run = vi.fn(async () => [{ others: false }])
  const isEarly = watchClaimers(run, () => 7)
  expect(await claim(isEarly, 19)).toBe(false)
  expect(run).not.toHaveBeenCalled()
  await claim(isEarly, 100)
  expect(run).toHaveBeenCalledOnce()
  expect(run).toHaveBeenCalledWith(expect.anything(), [7])
  vi.advanceTimersByTime(1_000)
  await claim(isEarly, 1)
  expect(run).toHaveBeenCalledTimes(2)
})

it('is early for five seconds after others were seen', async () => {
  const isEarly = watchClaimers(
    vi.fn(async () => [{ others: false }]).mockResolvedValueOnce([{ others: true }]),
    () => 7,
  )
  expect(await claim(isEarly, 22)).toBe(true)
  vi.advanceTimersByTime(4_999)
  expect(await claim(isEarly, 22)).toBe(true)
  vi.advanceTimersByTime(1)
  expect(isEarly()).toBe(false)
})

it('is not early where the server refuses it, also when others were seen before', async () => {
  const run = vi.fn(async () => [{ others: true }])
  const isEarly = watchClaimers(run, () => 7)
  expect(await claim(isEarly, 22)).toBe(true)
  run.mockRejectedValue(new Error('permission denied to set parameter "synchronous_commit"'))
  vi.advanceTimersByTime(1_000)
  await claim(isEarly, 22)
  expect(await claim(isEarly, 2)).toBe(false)
})
