import { type Log, msToStep } from '@zapfleet/core'
import { Cron } from 'croner'

/**
 * When a job runs: it ticks at once, to catch up with a missed run, and then at its times until `signal` aborts. A tick resolves to
 * true when the run succeeded.
 */
export type Timetable = (tick: () => Promise<boolean>, signal: AbortSignal) => void

/** The pause before a failed run at a boundary is repeated. */
const RETRY_AFTER_MS = 1_000
/** A longer pause is split: the database's clock may be set meanwhile, and timers stop while a machine sleeps. */
const LONGEST_PAUSE_MS = 30_000

/**
 * By a cron pattern of 5 or 6 fields in a time zone, by this process's clock.
 *
 * @throws Error for an invalid pattern
 */
export function byCron(pattern: string, timeZone: string): Timetable {
  readPattern(pattern, timeZone)
  return (tick, signal) => {
    const cron = new Cron(pattern, { timezone: timeZone }, () => void tick())
    signal.addEventListener('abort', () => cron.stop(), { once: true })
    void tick()
  }
}

/** How late the run after the one at `lastAt` is at `at`, in milliseconds; 0 while it is not due. */
export function cronLagMs(pattern: string, timeZone: string, lastAt: Date, at: Date): number {
  const due = readPattern(pattern, timeZone).nextRun(lastAt)
  return due === null ? 0 : Math.max(0, at.getTime() - due.getTime())
}

/** The time of a clock, and its next boundary. */
export type Approach = { at: Date; next: Date }

/**
 * At the boundaries of another clock than this process's. It waits by a timer that does not depend on the wall clock, and reads the
 * other clock again before each run. The boundary is read before a run, so one that passes during the run gets its own run.
 * A failed run is repeated each second.
 */
export function atBoundaries(
  approach: () => Promise<Approach>,
  options: { log: Log; pause: (ms: number, signal: AbortSignal) => Promise<void> },
): Timetable {
  const { log, pause } = options
  const runAtBoundaries = async (tick: () => Promise<boolean>, signal: AbortSignal): Promise<void> => {
    const rest = (ms: number): Promise<void> => pause(ms, signal).catch(() => {})
    while (!signal.aborted) {
      try {
        const { next } = await approach()
        if (!(await tick())) {
          await rest(RETRY_AFTER_MS)
          continue
        }
        while (!signal.aborted) {
          const { at } = await approach()
          const leftMs = next.getTime() - at.getTime()
          if (leftMs <= 0) break
          await rest(Math.min(leftMs, msToStep(LONGEST_PAUSE_MS)))
        }
      } catch (error) {
        log.warn({ err: error }, "the database's clock could not be read")
        await rest(RETRY_AFTER_MS)
      }
    }
  }
  return (tick, signal) => void runAtBoundaries(tick, signal)
}

function readPattern(pattern: string, timezone: string): Cron {
  try {
    return new Cron(pattern, { timezone, paused: true })
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new Error(`"${pattern}" is no cron pattern: ${words}. One each 15 seconds is */15 * * * * *`, {
      cause: error,
    })
  }
}
