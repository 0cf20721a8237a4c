import type { Log } from '@zapfleet/core'
import { silentLog } from '@zapfleet/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { buildJobs, type Job } from '../src/index.ts'

const options = { timeZone: 'America/Sao_Paulo', log: silentLog }

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-03-01T12:00:00.500Z') })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A job whose runs end when the test says so. */
function heldJob(pattern: string): Job & { runs: { end: (error?: Error) => void }[] } {
  const runs: { end: (error?: Error) => void }[] = []
  return {
    name: 'held',
    pattern,
    runs,
    run: () =>
      new Promise((resolve, reject) => {
        runs.push({ end: (error) => (error ? reject(error) : resolve({})) })
      }),
  }
}

it('runs every job once at the start, to catch up, and then by its pattern', async () => {
  const job = heldJob('0 * * * * *')
  const jobs = buildJobs([job], options)
  jobs.start()
  jobs.start()
  expect(job.runs).toHaveLength(1)
  job.runs[0]?.end()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(job.runs).toHaveLength(2)
  job.runs[1]?.end()
  await jobs.stop(0)
  await vi.advanceTimersByTimeAsync(120_000)
  expect(job.runs).toHaveLength(2)
})

it('never lets a job overlap itself: ticks that come while it runs are dropped', async () => {
  const job = heldJob('* * * * * *')
  const jobs = buildJobs([job], options)
  jobs.start()
  await vi.advanceTimersByTimeAsync(5_000)
  expect(job.runs).toHaveLength(1)
  job.runs[0]?.end()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(job.runs).toHaveLength(2)
  job.runs[1]?.end()
  await jobs.stop(0)
})

it('logs a run that fails, and runs again at the next tick', async () => {
  const failures: { details: object; message: string }[] = []
  const log: Log = { ...silentLog, error: (details, message) => void failures.push({ details, message }) }
  const job = heldJob('* * * * * *')
  const jobs = buildJobs([job], { ...options, log })
  jobs.start()
  const boom = new Error('boom')
  job.runs[0]?.end(boom)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(failures).toMatchObject([{ details: { job: 'held', err: boom } }])
  expect(job.runs).toHaveLength(2)
  job.runs[1]?.end()
  await jobs.stop(0)
})

it('waits at the stop for a run, but not for ever', async () => {
  const job = heldJob('* * * * * *')
  const jobs = buildJobs([job], options)
  jobs.start()
  let stopped = false
  const stopping = jobs.stop(3_000).then(() => {
    stopped = true
  })
  await vi.advanceTimersByTimeAsync(1_000)
  expect(stopped).toBe(false)
  job.runs[0]?.end()
  await stopping

  const stuck = buildJobs([heldJob('* * * * * *')], options)
  stuck.start()
  const cut = stuck.stop(3_000)
  await vi.advanceTimersByTimeAsync(3_000)
  await cut
})

it('finds midnight where the fleet lives, also on the day whose midnight does not exist', async () => {
  vi.setSystemTime(new Date('2018-11-04T02:59:58.500Z'))
  // In 2018 the clocks of São Paulo went from 23:59:59 on November 3rd to 01:00 on the 4th, which is 03:00 UTC.
  const job = heldJob('0 0 0 * * *')
  const jobs = buildJobs([job], options)
  jobs.start()
  job.runs[0]?.end()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(job.runs).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(job.runs).toHaveLength(2)
  job.runs[1]?.end()
  await jobs.stop(0)
})

it('names the job whose pattern is none', () => {
  expect(() => buildJobs([heldJob('99 * * * *')], options)).toThrow(
    'The job held cannot run by the cron pattern "99 * * * *"',
  )
})
