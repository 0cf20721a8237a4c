import type { Log } from '@zapfleet/core'
import { Cron } from 'croner'

/**
 * When a job runs: once `signal` is not aborted any more it ticks at once, to catch up with what was missed, and then by
 * its times until `signal` aborts. A tick resolves to true when the run succeeded.
 */
export type Timetable = (tick: () => Promise<boolean>, signal: AbortSignal) => void

/** How soon a run at a boundary is tried again that failed. */
const RETRY_AFTER_MS = 1_000
/** A longer rest is cut in pieces: the database's clock may be set meanwhile, and timers stand still while a machine sleeps. */
const LONGEST_REST_MS = 30_000

/**
 * By a cron pattern of 5 or 6 fields in a time zone, by this process's clock.
 *
 * @throws Error when the pattern is none
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

/** A clock, and the instant at which something next changes by it. */
export type Approach = { at: Date; next: Date }

/**
 * At instants of another clock than this process's: rests by a timer that no wall clock moves, and looks at the other
 * clock again before each run. The boundary is read before a run, so one that passes during it gets a run of its own.
 * A run that failed is tried again each second.
 */
export function atBoundaries(
  approach: () => Promise<Approach>,
  options: { log: Log; pause: (ms: number, signal: AbortSignal) => Promise<void> },
): Timetable {
  const { log, pause } = options
  const keepTime = async (tick: () => Promise<boolean>, signal: AbortSignal): Promise<void> => {
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
          await rest(Math.min(leftMs, LONGEST_REST_MS))
        }
      } catch (error) {
        log.warn({ err: error }, "the database's clock could not be read")
        await rest(RETRY_AFTER_MS)
      }
    }
  }
  return (tick, signal) => void keepTime(tick, signal)
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
