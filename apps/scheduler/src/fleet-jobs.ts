import {
  callOf,
  type Fleet,
  type Log,
  prune,
  readBoundaries,
  resetDailyCounters,
  resetHourlyCounters,
  runRound,
} from '@zapfleet/core'
import type { Job } from './jobs.ts'
import { atBoundaries, byCron, type Timetable } from './timetable.ts'

/** When old rows are removed: each hour, in a minute that few other cron jobs use. */
const PRUNE_CRON = '0 17 * * * *'

/**
 * The jobs of a fleet: the health round by `polling`, the reset of the counters that other programs read at the end of the hour and the day by
 * the database's clock, and the removal of old rows.
 */
export function fleetJobs(
  fleet: Fleet,
  options: {
    polling: Timetable
    log: Log
    pause: (ms: number, signal: AbortSignal) => Promise<void>
  },
): Job[] {
  const endsOf = (window: 'nextHour' | 'nextDay'): Timetable =>
    atBoundaries(async () => {
      const boundaries = await readBoundaries(fleet)
      return { at: boundaries.at, next: boundaries[window] }
    }, options)
  return [
    {
      name: 'health-poll',
      timetable: options.polling,
      run: (_, runId) => runRound(callOf(fleet, runId), { skipSilent: true }),
    },
    { name: 'reset-hour', timetable: endsOf('nextHour'), run: () => resetHourlyCounters(fleet) },
    { name: 'reset-day', timetable: endsOf('nextDay'), run: () => resetDailyCounters(fleet) },
    {
      name: 'prune',
      timetable: byCron(PRUNE_CRON, fleet.timeZone),
      run: (signal) => prune(fleet, { signal }),
    },
  ]
}
