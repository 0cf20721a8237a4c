import {
  callOf,
  checkAllInstances,
  type Fleet,
  type FleetCall,
  finishRemovals,
  type Health,
  healthSummary,
  type Log,
  prune,
  readBoundaries,
  resetDailyCounters,
  resetHourlyCounters,
} from '@zapfleet/core'
import type { Job } from './jobs.ts'
import { atBoundaries, byCron, type Timetable } from './timetable.ts'

/** When old rows are taken away: each hour, in a minute in which nobody else works by habit. */
const PRUNE_CRON = '0 17 * * * *'

/**
 * The jobs of a fleet: the health round by `polling`, tidying the counters that other programs read when the hour and the
 * day end by the database's clock, and taking away what is old.
 */
export function fleetJobs(
  fleet: Fleet,
  options: { polling: Timetable; log: Log; pause: (ms: number, signal: AbortSignal) => Promise<void> },
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
      run: (_signal, runId) => pollHealth(callOf(fleet, runId)),
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

/** A health round, then what deletes left to do; it changed as many instances as have another status, or are gone. */
async function pollHealth(call: FleetCall): Promise<{ changed: number }> {
  const before = statuses((await healthSummary(call.fleet)).instances)
  const after = statuses(await checkAllInstances(call))
  let changed = await finishRemovals(call)
  for (const [name, status] of after) if (before.has(name) && before.get(name) !== status) changed++
  return { changed }
}

function statuses(instances: readonly Health[]): Map<string, Health['status']> {
  return new Map(instances.map((one) => [one.name, one.status]))
}
