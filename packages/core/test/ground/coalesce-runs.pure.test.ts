import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { coalesceRuns } from '../../src/ground/coalesce-runs.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Work of 100 ms that notes its begin; its result is the number of the run. */
function slowWork(): { begins: number[]; work: () => Promise<number> } {
  const begins: number[] = []
  const work = async (): Promise<number> => {
    const run = begins.push(Date.now())
    await new Promise((resolve) => setTimeout(resolve, 100))
    return run
  }
  return { begins, work }
}

it('runs once more after the present run for all calls that arrive during it', async () => {
  const runs = coalesceRuns<number>()
  const { begins, work } = slowWork()
  const first = runs.run(work)
  await vi.advanceTimersByTimeAsync(10)
  const later = [runs.run(work), runs.run(work)]
  await vi.advanceTimersByTimeAsync(200)
  expect(await first).toBe(1)
  expect(await Promise.all(later)).toEqual([2, 2])
  expect(begins).toHaveLength(2)
})

it('runs after a run that failed, and never two at once', async () => {
  const runs = coalesceRuns<number>()
  let running = 0
  const work = async (): Promise<number> => {
    running++
    expect(running).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 100))
    running--
    throw new Error('no')
  }
  const calls = [runs.run(work), runs.run(work)]
  const ends = Promise.allSettled(calls)
  // A call between two runs joins the later one.
  void calls[0]?.catch(() => {
    calls.push(runs.run(work))
  })
  await vi.advanceTimersByTimeAsync(400)
  expect((await ends).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await expect(calls[2]).rejects.toThrow('no')
})

it('pauses before a run, and calls meanwhile share it', async () => {
  const queued: boolean[] = []
  const runs = coalesceRuns<number>({
    restMs: (isQueued) => {
      queued.push(isQueued)
      return isQueued ? 50 : 0
    },
  })
  const { begins, work } = slowWork()
  const startMs = Date.now()
  void runs.run(work)
  const second = runs.run(work)
  await vi.advanceTimersByTimeAsync(120)
  const third = runs.run(work)
  await vi.advanceTimersByTimeAsync(200)
  expect(await Promise.all([second, third])).toEqual([2, 2])
  expect(begins.map((atMs) => atMs - startMs)).toEqual([0, 150])
  expect(queued).toEqual([false, true])
})

it('is idle when no run is left', async () => {
  const runs = coalesceRuns<number>()
  await runs.idle()
  const { begins, work } = slowWork()
  void runs.run(work)
  void runs.run(work)
  let isIdle = false
  const idle = runs.idle().then(() => {
    isIdle = true
  })
  await vi.advanceTimersByTimeAsync(150)
  expect(isIdle).toBe(false)
  await vi.advanceTimersByTimeAsync(100)
  await idle
  expect(begins).toHaveLength(2)
})
