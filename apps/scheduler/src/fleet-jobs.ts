import {
  callOf,
  checkAllInstances,
  type Fleet,
  type FleetCall,
  type Health,
  healthSummary,
  type Log,
  prune,
  readBoundaries,
  resetDailyCounters,
  resetHourlyCounters,
} from '@zapfleet/core'
import type { Job } from './jobs.ts'
import type { Finisher } from './open-finisher.ts'
import { atBoundaries, byCron, type Timetable } from './timetable.ts'

/** When old rows are removed: each hour, in a minute that few other cron jobs use. */
const PRUNE_CRON = '0 17 * * * *'

/**
 * The jobs of a fleet: the health round by `polling`, after which `finisher` starts, the reset of the counters that other programs read at the end of the hour and
 * the day by the database's clock, and the removal of old rows.
 */
export function fleetJobs(
  fleet: Fleet,
  options: {
    polling: Timetable
    finisher: Finisher
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
      async run(signal, runId) {
        const call = callOf(fleet, runId)
        const done = await pollHealth(call)
        options.finisher.start(call, signal)
        return done
      },
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

/** A health round. `changed` counts instances with another status. */
async function pollHealth(call: FleetCall): Promise<{ changed: number }> {
  const before = statuses((await healthSummary(call.fleet)).instances)
  const after = statuses(await checkAllInstances(call, { skipSilent: true }))
  let changed = 0
  for (const [name, status] of after) if (before.has(name) && before.get(name) !== status) changed++
  return { changed }
}

function statuses(instances: readonly Health[]): Map<string, Health['status']> {
  return new Map(instances.map((one) => [one.name, one.status]))
}
