import { type Fleet, JOBS, lastJobRuns, pollingAge, readiness, within } from '@zapfleet/core'
import type { Readiness } from '@zapfleet/telemetry'
import { cronLagMs } from './timetable.ts'

/** Orchestrators time out soon after. */
const ANSWER_WITHIN_MS = 2_000

/**
 * Whether this scheduler can work, as leader or standby, and the last run of each job by any scheduler. `pollingAgeMs`: time since
 * a health round last began; `lagMs`: how late the next one is by its timetable, 0 while it is not due; both null before the
 * first.
 */
export async function readReadiness(
  fleet: Fleet,
  options: { leader: boolean; healthPollCron: string; withinMs?: number },
): Promise<Readiness> {
  const { leader, healthPollCron, withinMs = ANSWER_WITHIN_MS } = options
  return within(withinMs, read(), () => ({
    ready: false,
    leader,
    reason: `the database did not answer within ${withinMs} ms`,
  }))

  async function read(): Promise<Readiness> {
    const state = await readiness(fleet)
    if (!state.ready) return { ready: false, leader, reason: state.reason }
    const [runs, pollingAgeMs] = await Promise.all([lastJobRuns(fleet), pollingAge(fleet)])
    const lastOf = (job: string) => runs.find((run) => run.job === job) ?? null
    return {
      ready: true,
      leader,
      pollingAgeMs,
      lagMs: pollLag(lastOf('health-poll')?.startedAt, pollingAgeMs),
      jobs: Object.fromEntries(JOBS.map((job) => [job, lastOf(job)])),
    }
  }

  function pollLag(startedAt: string | undefined, ageMs: number | null): number | null {
    if (startedAt === undefined || ageMs === null) return null
    const last = new Date(startedAt)
    return cronLagMs(healthPollCron, fleet.timeZone, last, new Date(last.getTime() + ageMs))
  }
}
