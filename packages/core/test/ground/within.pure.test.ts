import { countTimersOf } from '@zapfleet/testing'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { within } from '../../src/ground/within.ts'

let timersLeft: () => number

beforeEach(() => {
  vi.useFakeTimers()
  timersLeft = countTimersOf('/ground/within.')
})
afterEach(() => void vi.useRealTimers())

const after = (ms: number): Promise<string> => new Promise((resolve) => setTimeout(resolve, ms, 'done'))

it('returns the result of work that is in time, and leaves no timer behind', async () => {
  const result = within(100, after(50), () => 'late')
  await vi.advanceTimersByTimeAsync(50)
  expect(await result).toBe('done')
  expect(timersLeft()).toBe(0)
})

it('returns or throws the result of `late` when the work takes longer', async () => {
  const late = within(100, after(150), () => 'late')
  const failed = within(100, after(150), () => {
    throw new Error('too late')
  })
  const rejects = expect(failed).rejects.toThrow('too late')
  await vi.advanceTimersByTimeAsync(100)
  expect(await late).toBe('late')
  await rejects
})

it('throws the error of the work, and ignores one that comes later', async () => {
  await expect(within(100, Promise.reject(new Error('no')), () => 'late')).rejects.toThrow('no')
  const work = after(150).then(() => {
    throw new Error('dropped')
  })
  const late = within(100, work, () => 'late')
  await vi.advanceTimersByTimeAsync(200)
  expect(await late).toBe('late')
})
