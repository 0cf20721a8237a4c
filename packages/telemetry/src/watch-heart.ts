import type { FleetMetrics } from '@zapfleet/core'
import { Histogram, type Registry } from 'prom-client'
import { openTally } from './tally.ts'

/** Counts what goes through the heart: reserves by strategy and outcome, refusals by reason, batches. */
export function watchHeart(registry: Registry): FleetMetrics {
  const reserves = openTally(registry, {
    name: 'zapfleet_reserves_total',
    help: 'Reserves by strategy and outcome: kept, assigned, moved, borrowed, none, or the code of the refusal.',
    labels: ['strategy', 'outcome'],
  })
  const refusals = openTally(registry, {
    name: 'zapfleet_refusals_total',
    help: 'Reserves refused for want of capacity, by each reason for which at least one number could not serve.',
    labels: ['reason'],
  })
  const took = new Histogram({
    name: 'zapfleet_reserve_duration_seconds',
    help: 'From asking to the answer of reserves that were granted.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers: [registry],
  })
  const sizes = new Histogram({
    name: 'zapfleet_batch_size',
    help: 'Reserves that went to the database in one statement.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'zapfleet_batch_duration_seconds',
    help: 'What the database took for such a statement.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [registry],
  })
  return {
    reserved(strategy, outcome, tookMs) {
      reserves.add(1, strategy, outcome)
      took.observe(tookMs / 1_000)
    },
    refused(strategy, code, reasons) {
      reserves.add(1, strategy, code)
      for (const reason of Object.keys(reasons)) refusals.add(1, reason)
    },
    batch(size, tookMs) {
      sizes.observe(size)
      durations.observe(tookMs / 1_000)
    },
  }
}
