import type { JobName, Log } from '@zapfleet/core'
import type { Timetable } from './timetable.ts'

/**
 * A job: its name, when it runs, and what one run does. `signal` aborts when the scheduler stops; `runId` names the run in logs;
 * the result is stored.
 */
export type Job = {
  name: JobName
  timetable: Timetable
  run: (signal: AbortSignal, runId: string) => Promise<{ changed: number }>
}

/** The store of runs. `begin` returns null when this process is not the leader. */
export type RunBook = {
  begin(job: JobName): Promise<string | null>
  end(id: string, end: { tookMs: number; changed: number | null; failed: string | null }): Promise<void>
}

/** The scheduler's jobs. Every method may be repeated. */
export type Jobs = {
  /** Runs every job at once, to catch up with missed runs, and then by its timetable. */
  start(): void
  /** Starts no more runs until `start`; running ones continue. */
  pause(): void
  /** Starts no more runs, and waits for running ones; after `withinMs` they are stored as cut. */
  stop(withinMs: number): Promise<void>
}

/** A run; `cut` stores that it ended, and what it does after that is neither stored nor logged. */
type Run = { isCut: boolean; cut(): Promise<void> }
type Running = { run: Run; ended: Promise<boolean> }

/**
 * Runs jobs by their timetables. A job never overlaps itself: a tick during a run is dropped. A failed run writes one
 * error line, and the next tick tries again.
 */
export function buildJobs(
  jobs: readonly Job[],
  options: {
    book: RunBook
    log: Log
    /** Called for every run that ended, for metrics. */
    onRun?: (job: JobName, outcome: 'done' | 'failed', tookMs: number) => void
  },
): Jobs {
  const { book, log } = options
  const running = new Map<JobName, Running>()
  const stopping = new AbortController()
  let ticking: AbortController | null = null

  const storeEnd = (job: Job, id: string, end: Parameters<RunBook['end']>[1]): Promise<void> =>
    book
      .end(id, end)
      .catch((error) => log.error({ job: job.name, err: error }, 'the end of a run could not be stored'))

  const runOnce = async (job: Job, run: Run): Promise<boolean> => {
    const startedAtMs = performance.now()
    const tookMs = () => Math.round(performance.now() - startedAtMs)
    let id: string | null = null
    try {
      id = await book.begin(job.name)
      if (id === null) {
        log.debug({ job: job.name }, 'a job does not run: another scheduler leads')
        return false
      }
      const begun = id
      run.cut = () => {
        run.isCut = true
        const failed = 'cut: the scheduler stopped before the run ended'
        return storeEnd(job, begun, { tookMs: tookMs(), changed: null, failed })
      }
      const { changed } = await job.run(stopping.signal, `${job.name}-${id}`)
      if (run.isCut) return false
      log.debug({ job: job.name, tookMs: tookMs(), changed }, 'a job ran')
      options.onRun?.(job.name, 'done', tookMs())
      await storeEnd(job, id, { tookMs: tookMs(), changed, failed: null })
      return true
    } catch (error) {
      if (run.isCut) return false
      log.error({ job: job.name, tookMs: tookMs(), err: error }, 'a job failed; its next tick tries again')
      options.onRun?.(job.name, 'failed', tookMs())
      const failed = error instanceof Error ? error.message : String(error)
      if (id !== null) await storeEnd(job, id, { tookMs: tookMs(), changed: null, failed })
      return false
    }
  }

  const tick = (job: Job): Promise<boolean> => {
    if (stopping.signal.aborted) return Promise.resolve(false)
    if (running.has(job.name)) {
      log.debug({ job: job.name }, 'a job is still running; this tick is dropped')
      return Promise.resolve(false)
    }
    const run: Run = { isCut: false, cut: async () => {} }
    const ended = runOnce(job, run).finally(() => running.delete(job.name))
    running.set(job.name, { run, ended })
    return ended
  }

  return {
    start() {
      if (ticking || stopping.signal.aborted) return
      ticking = new AbortController()
      for (const job of jobs) job.timetable(() => tick(job), ticking.signal)
    },
    pause() {
      ticking?.abort()
      ticking = null
    },
    async stop(withinMs) {
      ticking?.abort()
      stopping.abort()
      if (running.size === 0) return
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), withinMs)
      })
      const all = Promise.all([...running.values()].map(({ ended }) => ended))
      const outcome = await Promise.race([all, late])
      clearTimeout(timer)
      if (outcome !== 'late') return
      log.warn({ jobs: [...running.keys()] }, `jobs still ran ${withinMs} ms after the stop and are cut`)
      await Promise.all([...running.values()].map(({ run }) => run.cut()))
    },
  }
}
