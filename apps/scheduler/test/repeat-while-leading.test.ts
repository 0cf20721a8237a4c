import { silentLog } from '@zapfleet/core'
import { expect, it, vi } from 'vitest'
import { repeatWhileLeading } from '../src/repeat-while-leading.ts'

const PATIENTLY = { timeout: 60_000, interval: 5 }

it('runs only while this process leads, one run at a time, and goes on after a failure', async () => {
  let isLeading = false
  let runs = 0
  let atOnce = 0
  const warn = vi.fn()
  const repeated = repeatWhileLeading({
    everyMs: 5,
    leading: () => isLeading,
    async work() {
      runs++
      atOnce++
      expect(atOnce).toBe(1)
      await new Promise((resolve) => setTimeout(resolve, 20))
      atOnce--
      if (runs === 2) throw new Error('the database is away')
    },
    log: { ...silentLog, warn },
    failed: 'it failed',
  })
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(runs).toBe(0)
  isLeading = true
  await vi.waitFor(() => expect(runs).toBeGreaterThan(3), PATIENTLY)
  expect(warn).toHaveBeenCalledExactlyOnceWith({ err: new Error('the database is away') }, 'it failed')
  await repeated.stop()
  const stopped = runs
  expect(atOnce).toBe(0)
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(runs).toBe(stopped)
})

it('ends what runs when it stops', async () => {
  let isAborted = false
  const repeated = repeatWhileLeading({
    everyMs: 1_000,
    leading: () => true,
    work: (signal) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          isAborted = true
          resolve()
        })
      }),
    log: silentLog,
    failed: 'it failed',
  })
  await repeated.stop()
  expect(isAborted).toBe(true)
})
