import {
  checkAllInstances,
  type Fleet,
  type Log,
  resetDailyCounters,
  resetHourlyCounters,
} from '@zapfleet/core'
import { Cron } from 'croner'

/** The scheduler's jobs. Both verbs may be called twice. */
export type Jobs = {
  /** Runs every job once, at once, to catch up with what was missed, and then by the timetable. */
  start(): void
  /** Starts no more runs, and waits until those that run have ended or `withinMs` have passed. */
  stop(withinMs: number): Promise<void>
}

/** A job: what it is called in logs, when it runs, and what one run does. The answer goes to the log. */
export type Job = { name: string; pattern: string; run: () => Promise<object> }

/** The jobs of a fleet: the health round (by a cron pattern of 5 or 6 fields), and tidying the counters that other programs read after the hour and the day. */
export function fleetJobs(fleet: Fleet, healthPollCron: string): Job[] {
  return [
    {
      name: 'health-poll',
      pattern: healthPollCron,
      run: async () => {
        const round = await checkAllInstances(fleet)
        return { total: round.length, online: round.filter((reading) => reading.online).length }
      },
    },
    { name: 'reset-hour', pattern: '0 0 * * * *', run: () => resetHourlyCounters(fleet) },
    { name: 'reset-day', pattern: '0 0 0 * * *', run: () => resetDailyCounters(fleet) },
  ]
}

/**
 * Puts jobs on their timetable, in the time zone whose hours and midnights count. A job never overlaps itself: a tick that comes while it runs is dropped. A run that
 * fails is one error line, and the next tick tries again.
 *
 * @throws Error that names the job whose pattern is none
 */
export function buildJobs(jobs: Job[], options: { timeZone: string; log: Log }): Jobs {
  const { timeZone, log } = options
  const running = new Map<string, Promise<void>>()

  const runOnce = async (job: Job): Promise<void> => {
    const startedAtMs = performance.now()
    const tookMs = () => Math.round(performance.now() - startedAtMs)
    try {
      const outcome = await job.run()
      log.debug({ job: job.name, tookMs: tookMs(), ...outcome }, 'a job ran')
    } catch (error) {
      log.error({ job: job.name, tookMs: tookMs(), err: error }, 'a job failed; its next tick tries again')
    }
  }

  const tick = (job: Job): void => {
    if (running.has(job.name)) {
      log.debug({ job: job.name }, 'a job is still running; this tick is dropped')
      return
    }
    running.set(
      job.name,
      runOnce(job).finally(() => running.delete(job.name)),
    )
  }

  const crons = jobs.map((job) => scheduleOf(job, timeZone, () => tick(job)))
  let started = false

  return {
    start() {
      if (started) return
      started = true
      for (const cron of crons) cron.resume()
      for (const job of jobs) tick(job)
    },
    async stop(withinMs) {
      started = true
      for (const cron of crons) cron.stop()
      if (running.size === 0) return
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          log.warn({ jobs: [...running.keys()] }, `jobs still ran ${withinMs} ms after the stop and are cut`)
          resolve()
        }, withinMs)
      })
      await Promise.race([Promise.all(running.values()), late])
      clearTimeout(timer)
    },
  }
}

function scheduleOf(job: Job, timezone: string, tick: () => void): Cron {
  try {
    return new Cron(job.pattern, { timezone, paused: true }, tick)
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new Error(`The job ${job.name} cannot run by the cron pattern "${job.pattern}": ${words}`, {
      cause: error,
    })
  }
}
