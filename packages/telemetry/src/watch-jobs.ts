import { Gauge, Histogram, type Registry } from 'prom-client'
import { openTally } from './tally.ts'

/** Counts the runs of a scheduler's jobs, and shows whether it leads. */
export function watchJobs(
  registry: Registry,
  leading: () => boolean,
): (job: string, outcome: 'done' | 'failed', tookMs: number) => void {
  new Gauge({
    name: 'zapfleet_leader',
    help: '1 while this scheduler leads, 0 while it stands by.',
    registers: [registry],
    collect() {
      this.set(leading() ? 1 : 0)
    },
  })
  const runs = openTally(registry, {
    name: 'zapfleet_job_runs_total',
    help: 'Runs of jobs in this process by job and outcome: done, failed.',
    labels: ['job', 'outcome'],
  })
  const took = new Histogram({
    name: 'zapfleet_job_duration_seconds',
    help: 'How long they took, by job.',
    labelNames: ['job'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 120],
    registers: [registry],
  })
  return (job, outcome, tookMs) => {
    runs.add(1, job, outcome)
    took.observe({ job }, tookMs / 1_000)
  }
}
