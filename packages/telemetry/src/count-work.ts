import type { FleetMetrics } from '@zapfleet/core'
import type { EvolutionCall } from '@zapfleet/evolution'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** Counts reserves by strategy and outcome, refusals by reason, and batches. */
export function countReserves(
  registry: Registry,
): Omit<FleetMetrics, 'outcome' | 'message' | 'delivered' | 'noticed'> {
  const reserves = new Counter({
    name: 'zapfleet_reserves_total',
    help: 'Reserves by strategy and outcome: kept, assigned, moved, borrowed, none, or the code of the refusal.',
    labelNames: ['strategy', 'outcome'],
    registers: [registry],
  })
  const refusals = new Counter({
    name: 'zapfleet_refusals_total',
    help: 'Reserves refused for want of capacity, by each reason for which at least one number could not serve.',
    labelNames: ['reason'],
    registers: [registry],
  })
  const took = new Histogram({
    name: 'zapfleet_reserve_duration_seconds',
    help: 'From the call to the answer of reserves that were granted.',
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
      reserves.inc({ strategy, outcome })
      took.observe(tookMs / 1_000)
    },
    refused(strategy, code, reasons) {
      reserves.inc({ strategy, outcome: code })
      for (const reason of Object.keys(reasons)) refusals.inc({ reason })
    },
    batch(size, tookMs) {
      sizes.observe(size)
      durations.observe(tookMs / 1_000)
    },
  }
}

/** Counts the messages of each instance that reached a status, as this process stored it. A message may reach several. */
export function countOutcomes(registry: Registry): Pick<FleetMetrics, 'outcome'> {
  const outcomes = new Counter({
    name: 'zapfleet_outcomes_total',
    help: 'Messages of each number that reached a status: sent, failed, delivered, read.',
    labelNames: ['name', 'status'],
    registers: [registry],
  })
  return { outcome: (name, status, messages) => outcomes.inc({ name, status }, messages) }
}

/** Counts the messages that this process sent or ended, by state, and the time from `message.send` to Evolution's answer of those that were sent. */
export function countMessages(registry: Registry): Pick<FleetMetrics, 'message'> {
  const messages = new Counter({
    name: 'zapfleet_messages_total',
    help: 'Messages that zapfleet sent itself, by the state in which this process left them: sent, sending (not certain), failed, expired.',
    labelNames: ['state'],
    registers: [registry],
  })
  const took = new Histogram({
    name: 'zapfleet_message_send_duration_seconds',
    help: 'From the moment at which a message was due to its send.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400],
    registers: [registry],
  })
  return {
    message(state, sinceDueMs) {
      messages.inc({ state })
      if (state === 'sent') took.observe(Math.max(0, sinceDueMs) / 1_000)
    },
  }
}

/** Counts what this process posted to webhook endpoints, by endpoint and outcome. */
export function countDeliveries(registry: Registry): Pick<FleetMetrics, 'delivered'> {
  const deliveries = new Counter({
    name: 'zapfleet_webhook_deliveries_total',
    help: 'Events posted to webhook endpoints by outcome: accepted, failed (each attempt), skipped, disabled.',
    labelNames: ['endpoint', 'outcome'],
    registers: [registry],
  })
  return { delivered: (endpoint, outcome, events) => deliveries.inc({ endpoint, outcome }, events) }
}

/** Counts the messages about alerts that this process sent, by route and outcome. */
export function countNotices(registry: Registry): Pick<FleetMetrics, 'noticed'> {
  const notices = new Counter({
    name: 'zapfleet_alert_deliveries_total',
    help: 'Messages about alerts by route and outcome: accepted, failed (each attempt), given_up.',
    labelNames: ['route', 'outcome'],
    registers: [registry],
  })
  return { noticed: (route, outcome, count) => notices.inc({ route, outcome }, count) }
}

/** A fleet has 51 servers at most. Further names, of servers that were added and removed since the start, share a label. */
const SERVER_LABELS_MAX = 100

/** Counts requests to Evolution by server, call and outcome, each attempt separately, and their duration. */
export function countEvolutionCalls(registry: Registry): (server: string, call: EvolutionCall) => void {
  const calls = new Counter({
    name: 'zapfleet_evolution_calls_total',
    help: 'HTTP requests to Evolution by server, call and outcome: ok, refused, unlicensed, unreachable, malformed, cancelled.',
    labelNames: ['server', 'call', 'outcome'],
    registers: [registry],
  })
  const took = new Histogram({
    name: 'zapfleet_evolution_call_duration_seconds',
    help: 'How long Evolution took to answer, by server and call.',
    labelNames: ['server', 'call'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20],
    registers: [registry],
  })
  const servers = new Set<string>()
  return (name, { call, outcome, tookMs }) => {
    if (servers.size < SERVER_LABELS_MAX) servers.add(name)
    const server = servers.has(name) ? name : 'other'
    calls.inc({ server, call, outcome })
    took.observe({ server, call }, tookMs / 1_000)
  }
}

/** Counts the runs of a scheduler's jobs, and shows whether it leads. */
export function countJobRuns(
  registry: Registry,
  leading: () => boolean,
): (job: string, outcome: 'done' | 'failed', tookMs: number) => void {
  new Gauge({
    name: 'zapfleet_leader',
    help: '1 while this scheduler leads, 0 while it waits for the lease.',
    registers: [registry],
    collect() {
      this.set(leading() ? 1 : 0)
    },
  })
  const runs = new Counter({
    name: 'zapfleet_job_runs_total',
    help: 'Runs of jobs in this process by job and outcome: done, failed.',
    labelNames: ['job', 'outcome'],
    registers: [registry],
  })
  const took = new Histogram({
    name: 'zapfleet_job_duration_seconds',
    help: 'How long they took, by job.',
    labelNames: ['job'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 120],
    registers: [registry],
  })
  return (job, outcome, tookMs) => {
    runs.inc({ job, outcome })
    took.observe({ job }, tookMs / 1_000)
  }
}

/**
 * Counts HTTP answers by route group (the label `door`) and status, and shows the calls that limits refused.
 *
 * @param refused read at a scrape: the refused calls of each limit
 */
export function countAnswers(
  registry: Registry,
  refused: Readonly<Record<string, number>>,
): (group: string, status: number) => void {
  new Counter({
    name: 'zapfleet_rate_limited_total',
    help: 'Calls refused by a limit: calls of a key, its streams, wrong keys of an address.',
    labelNames: ['limit'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [limit, count] of Object.entries(refused)) this.inc({ limit }, count)
    },
  })
  const answers = new Counter({
    name: 'zapfleet_http_answers_total',
    help: 'Answers by the first part of the route and by HTTP status.',
    // `door` is a name of the public contract: alert rules and dashboards use it.
    labelNames: ['door', 'status'],
    registers: [registry],
  })
  return (group, status) => answers.inc({ door: group, status: String(status) })
}
