import { type Log, silentLog } from '@zapfleet/core'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { buildJobs, type Job, type RunBook } from '../src/jobs.ts'
import { byCron } from '../src/timetable.ts'

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-03-01T12:00:00.500Z') })
})
afterEach(() => {
  vi.useRealTimers()
})

type Run = { end: (outcome?: Error | { changed: number }) => void; signal: AbortSignal }

/** A job whose runs end when the test ends them. */
function heldJob(pattern: string): Job & { runs: Run[] } {
  const runs: Run[] = []
  return {
    name: 'prune',
    timetable: byCron(pattern, 'America/Sao_Paulo'),
    runs,
    run: (signal) =>
      new Promise((resolve, reject) => {
        const end: Run['end'] = (outcome = { changed: 0 }) =>
          outcome instanceof Error ? reject(outcome) : resolve(outcome)
        runs.push({ end, signal })
      }),
  }
}

/** Job runs in memory; `leads` false: no job may run. */
function runBook(): RunBook & { leads: boolean; ends: ({ id: string } & Parameters<RunBook['end']>[1])[] } {
  let id = 0
  return {
    leads: true,
    ends: [],
    async begin() {
      return this.leads ? String(++id) : null
    },
    async end(ended, how) {
      this.ends.push({ id: ended, ...how })
    },
  }
}

const passed = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

it('runs every job once at the start, to catch up, and then by its pattern', async () => {
  const job = heldJob('0 * * * * *')
  const jobs = buildJobs([job], { book: runBook(), log: silentLog })
  jobs.start()
  jobs.start()
  await passed(0)
  expect(job.runs).toHaveLength(1)
  job.runs[0]?.end()
  await passed(60_000)
  expect(job.runs).toHaveLength(2)
  job.runs[1]?.end()
  await passed(0)
  await jobs.stop(0)
  await passed(120_000)
  expect(job.runs).toHaveLength(2)
})

it('never runs a job twice at once: ticks that arrive while it runs are dropped', async () => {
  const job = heldJob('* * * * * *')
  const jobs = buildJobs([job], { book: runBook(), log: silentLog })
  jobs.start()
  await passed(5_000)
  expect(job.runs).toHaveLength(1)
  job.runs[0]?.end()
  await passed(1_000)
  expect(job.runs).toHaveLength(2)
  job.runs[1]?.end()
  await jobs.stop(0)
})

it('pauses without cutting the present run, catches up when it starts again, and still does not overlap', async () => {
  const job = heldJob('* * * * * *')
  const jobs = buildJobs([job], { book: runBook(), log: silentLog })
  jobs.start()
  await passed(0)
  jobs.pause()
  await passed(3_000)
  expect(job.runs[0]?.signal.aborted).toBe(false)
  jobs.start()
  await passed(200)
  expect(job.runs).toHaveLength(1)
  jobs.pause()
  job.runs[0]?.end()
  await passed(5_000)
  expect(job.runs).toHaveLength(1)
  jobs.start()
  await passed(0)
  expect(job.runs).toHaveLength(2)
  job.runs[1]?.end()
  await jobs.stop(0)
})

it('stores each run: what it changed, how long it took, and why it failed', async () => {
  const failures: { details: object; message: string }[] = []
  const log: Log = { ...silentLog, error: (details, message) => void failures.push({ details, message }) }
  const job = heldJob('* * * * * *')
  const book = runBook()
  const jobs = buildJobs([job], { book, log })
  jobs.start()
  await passed(100)
  job.runs[0]?.end({ changed: 7 })
  await passed(400)
  const boom = new Error('boom')
  job.runs[1]?.end(boom)
  await passed(1_000)
  expect(failures).toMatchObject([{ details: { job: 'prune', err: boom } }])
  expect(book.ends).toEqual([
    { id: '1', tookMs: 100, changed: 7, failed: null },
    { id: '2', tookMs: expect.any(Number), changed: null, failed: 'boom' },
  ])
  expect(job.runs).toHaveLength(3)
  job.runs[2]?.end()
  await jobs.stop(0)
})

it('does not run a job that the store refuses, because another scheduler leads', async () => {
  const job = heldJob('* * * * * *')
  const book = runBook()
  book.leads = false
  const jobs = buildJobs([job], { book, log: silentLog })
  jobs.start()
  await passed(3_000)
  expect(job.runs).toHaveLength(0)
  book.leads = true
  await passed(1_000)
  expect(job.runs).toHaveLength(1)
  job.runs[0]?.end()
  await jobs.stop(0)
})

it('waits at the stop for a run and aborts it; one that continues is stored as cut', async () => {
  const job = heldJob('* * * * * *')
  const patient = buildJobs([job], { book: runBook(), log: silentLog })
  patient.start()
  let stopped = false
  const stopping = patient.stop(3_000).then(() => {
    stopped = true
  })
  await passed(1_000)
  expect(stopped).toBe(false)
  expect(job.runs[0]?.signal.aborted).toBe(true)
  job.runs[0]?.end()
  await stopping

  const book = runBook()
  const late = heldJob('* * * * * *')
  const stuck = buildJobs([late], { book, log: silentLog })
  stuck.start()
  await passed(0)
  const cut = stuck.stop(3_000)
  await passed(3_000)
  await cut
  // Its end is stored once: the database may be closed by then.
  late.runs[0]?.end()
  await passed(0)
  expect(book.ends).toEqual([
    { id: '1', tookMs: 3_000, changed: null, failed: 'cut: the scheduler stopped before the run ended' },
  ])
})
