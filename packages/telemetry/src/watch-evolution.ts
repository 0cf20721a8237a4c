import type { EvolutionCall } from '@zapfleet/evolution'
import { Histogram, type Registry } from 'prom-client'
import { openTally } from './tally.ts'

/** Counts calls of Evolution by what was called and how it ended, every try for itself, and how long they took. */
export function watchEvolution(registry: Registry): (call: EvolutionCall) => void {
  const calls = openTally(registry, {
    name: 'zapfleet_evolution_calls_total',
    help: 'HTTP requests to Evolution by call and outcome: ok, refused, unreachable, malformed, cancelled.',
    labels: ['call', 'outcome'],
  })
  const took = new Histogram({
    name: 'zapfleet_evolution_call_duration_seconds',
    help: 'How long Evolution took to answer, by call.',
    labelNames: ['call'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers: [registry],
  })
  return ({ call, outcome, tookMs }) => {
    calls.add(1, call, outcome)
    took.observe({ call }, tookMs / 1_000)
  }
}
