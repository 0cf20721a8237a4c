import { afterEach, expect, test, vi } from 'vitest'
import { silentLog } from '../../src/ground/log.ts'
import { msToStep, repeatUntil } from '../../src/ground/repeat-until.ts'

const HOUR_MS = 3_600_000
const options = { everyMs: HOUR_MS, failed: 'it failed', log: silentLog }

test('works at once, and ends while it rests', async () => {
  const ending = new AbortController()
  let turns = 0
  const ended = repeatUntil(ending.signal, options, async () => {
    turns++
    setImmediate(() => ending.abort())
  })
  await ended
  expect(turns).toBe(1)
})

test('a wake ends the rest, one during a turn makes another follow, and none is left at the end', async () => {
  const ending = new AbortController()
  const wakes = new Set<() => void>()
  const wakeAll = (): void => {
    for (const wake of wakes) wake()
  }
  let turns = 0
  const onWake = (wake: () => void) => {
    wakes.add(wake)
    return () => wakes.delete(wake)
  }
  await repeatUntil(ending.signal, { ...options, onWake }, async () => {
    turns++
    if (turns === 1) wakeAll()
    if (turns === 2) setImmediate(wakeAll)
    if (turns === 3) ending.abort()
  })
  expect(turns).toBe(3)
  expect(wakes.size).toBe(0)
})

test('the time of a rest is read after each turn, and a failed turn is followed by another', async () => {
  const ending = new AbortController()
  let turns = 0
  const read: number[] = []
  const everyMs = () => {
    read.push(turns)
    return 0
  }
  await repeatUntil(ending.signal, { ...options, everyMs }, async () => {
    turns++
    if (turns === 3) ending.abort()
    throw new Error('refused')
  })
  expect(turns).toBe(3)
  expect(read).toEqual([1, 2])
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

test('a step is a multiple of the period, and none is less than 50 ms away', () => {
  const stepAt = (nowMs: number, everyMs: number): number => {
    vi.spyOn(performance, 'now').mockReturnValue(nowMs)
    return msToStep(everyMs)
  }
  expect(stepAt(1_000, 5_000)).toBe(4_000)
  expect(stepAt(4_950, 5_000)).toBe(50)
  // The timer of the step at 5 s ended early.
  expect(stepAt(4_999, 5_000)).toBe(5_001)
  expect(stepAt(5_000, 5_000)).toBe(5_000)
  expect(stepAt(5_000, 15_000)).toBe(10_000)
  expect(stepAt(5_001, 0)).toBe(0)
})

test('works that begin at different moments and take different times meet at the next step', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] })
  const ending = new AbortController()
  const begun: number[][] = [[], []]
  const work = (place: number, everyMs: number, tookMs: number) =>
    repeatUntil(ending.signal, { ...options, everyMs }, async () => {
      begun[place]?.push(Math.round(performance.now() / 10) * 10)
      await new Promise((resolve) => setTimeout(resolve, tookMs))
    })
  await vi.advanceTimersByTimeAsync(700)
  const often = work(0, 5_000, 10)
  await vi.advanceTimersByTimeAsync(600)
  const rarely = work(1, 15_000, 6_000)
  await vi.advanceTimersByTimeAsync(30_000)
  ending.abort()
  await vi.advanceTimersByTimeAsync(6_000)
  await Promise.all([often, rarely])
  const steps = (begun[0] ?? []).slice(1)
  const firstMs = steps[0] ?? 0
  expect(steps.map((ms) => ms - firstMs)).toEqual([0, 5_000, 10_000, 15_000, 20_000, 25_000])
  expect((begun[1] ?? []).slice(1).every((ms) => steps.includes(ms))).toBe(true)
  expect(begun[1]).toHaveLength(3)
})
