import {
  countOpenAlerts,
  dailyLimit,
  type Fleet,
  type Instance,
  type JobRun,
  lastJobRuns,
  listInstances,
  pollingAge,
  readFigures,
  readMessageConditions,
  STATUSES,
  shareFor,
  within,
} from '@zapfleet/core'
import { Counter, Gauge, type Registry } from 'prom-client'

/** Instances with series of their own, by name. Further ones are in the sums only. */
const MOST_SERIES = 1_000
/** Scrapes within this time share one reading of the database. */
const SHARED_FOR_MS = 2_000
/** Prometheus's own timeout is 10 s. */
const READ_WITHIN_MS = 4_000

/** One reading of the database; null: it did not answer. */
type Reading = {
  figures: Awaited<ReturnType<typeof readFigures>>
  /** The first MOST_SERIES by name. */
  instances: Instance[]
  runs: JobRun[]
  pollingAgeMs: number | null
  messages: Awaited<ReturnType<typeof readMessageConditions>>
  alerts: Awaited<ReturnType<typeof countOpenAlerts>>
} | null

/**
 * Registers metrics of the fleet, which are read from the database at a scrape. Every process shows the same values, so take the
 * maximum over them. While the database does not answer, `zapfleet_database_up` is 0 and the others are absent, never stale.
 *
 * @param fleetNow returns null before the fleet is open
 */
export function showFleet(registry: Registry, fleetNow: () => Fleet | null): void {
  const shared = shareFor<Reading>(SHARED_FOR_MS)
  const readShared = async (): Promise<Reading> => {
    const fleet = fleetNow()
    if (fleet === null) return null
    return shared.run(() =>
      within(
        READ_WITHIN_MS,
        read(fleet).catch(() => null),
        () => null,
      ),
    )
  }
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    show: (
      reading: NonNullable<Reading>,
      set: (value: number, labels: Record<Label, string>) => void,
    ) => void,
  ): void => {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const reading = await readShared()
        this.reset()
        // A gauge without labels shows 0 after a reset, which would be wrong.
        if (labelNames.length === 0) this.remove()
        if (reading !== null) show(reading, (value, labels) => this.set(labels, value))
      },
    })
  }
  new Gauge({
    name: 'zapfleet_database_up',
    help: '1 when the database answered this scrape.',
    registers: [registry],
    async collect() {
      this.set((await readShared()) === null ? 0 : 1)
    },
  })
  new Gauge({
    name: 'zapfleet_queue_depth',
    help: 'Reserves that wait in this process.',
    registers: [registry],
    collect() {
      this.set(fleetNow()?.engine.figures().waiting ?? 0)
    },
  })
  new Counter({
    name: 'zapfleet_message_events_total',
    help: 'Events about messages that this process received, by source.',
    labelNames: ['source'],
    registers: [registry],
    collect() {
      this.reset()
      const figures = fleetNow()?.intake.figures()
      for (const [source, count] of Object.entries(figures?.received ?? {})) this.inc({ source }, count)
    },
  })
  new Counter({
    name: 'zapfleet_message_events_dropped_total',
    help: 'Events about messages that this process dropped, because too many waited for the database.',
    registers: [registry],
    collect() {
      this.reset()
      this.inc(fleetNow()?.intake.figures().dropped ?? 0)
    },
  })
  gauge('zapfleet_instances', 'Numbers by status.', ['status'], ({ figures }, set) => {
    for (const status of STATUSES) set(figures.byStatus[status], { status })
  })
  gauge('zapfleet_instances_available', 'Numbers that can send now.', [], ({ figures }, set) =>
    set(figures.available, {}),
  )
  gauge(
    'zapfleet_instance_status',
    'The status of each number: 1 for the one it has.',
    ['name', 'status'],
    ({ instances }, set) => {
      for (const { name, status } of instances) set(1, { name, status })
    },
  )
  gauge(
    'zapfleet_instance_delivery',
    'Whether the messages of each number arrive: 1 for its state, ok, unproven or failing.',
    ['name', 'state'],
    ({ instances }, set) => {
      for (const { name, delivery } of instances) set(1, { name, state: delivery.state })
    },
  )
  gauge(
    'zapfleet_instance_restricted',
    '1 for each number that WhatsApp restricts to people who know it.',
    ['name'],
    ({ instances }, set) => {
      for (const { name, restriction } of instances) set(restriction === null ? 0 : 1, { name })
    },
  )
  gauge(
    'zapfleet_instance_remaining',
    'Messages that each number may still send in the window, whether it is connected or not.',
    ['name', 'window'],
    ({ instances }, set) => {
      for (const one of instances) {
        set(Math.max(0, one.hourlyCapacity - one.sentThisHour), { name: one.name, window: 'hour' })
        set(Math.max(0, dailyLimit(one) - one.sentToday), { name: one.name, window: 'day' })
      }
    },
  )
  gauge(
    'zapfleet_capacity',
    'Messages that the connected numbers may send in the window.',
    ['window'],
    ({ figures }, set) => {
      for (const window of ['hour', 'day'] as const) set(figures[window].capacity, { window })
    },
  )
  gauge(
    'zapfleet_messages_waiting',
    'Messages that zapfleet sends itself and that have not ended: queued, scheduled (part of queued), sending.',
    ['state'],
    ({ messages }, set) => {
      for (const state of ['queued', 'scheduled', 'sending'] as const) set(messages[state], { state })
    },
  )
  gauge(
    'zapfleet_message_queue_age_seconds',
    'How long the oldest message that is due waits; 0: none.',
    [],
    ({ messages }, set) =>
      set(
        messages.oldestAt === null ? 0 : Math.max(0, Date.now() - Date.parse(messages.oldestAt)) / 1_000,
        {},
      ),
  )
  gauge('zapfleet_senders', 'Processes that work on the queue of messages.', [], ({ messages }, set) =>
    set(messages.senders, {}),
  )
  gauge(
    'zapfleet_alerts_open',
    'Open alerts by rule, those that another alert explains among them.',
    ['rule', 'severity'],
    ({ alerts }, set) => {
      for (const { rule, severity, open } of alerts) set(open, { rule, severity })
    },
  )
  gauge('zapfleet_sent', 'Messages that they sent in it.', ['window'], ({ figures }, set) => {
    for (const window of ['hour', 'day'] as const) set(figures[window].sent, { window })
  })
  gauge(
    'zapfleet_new_contacts_capacity',
    'New contacts per day that the connected numbers with such a limit may write to.',
    [],
    ({ figures }, set) => set(figures.newContacts.perDay, {}),
  )
  gauge(
    'zapfleet_new_contacts_sent',
    'New contacts that they wrote to on the present day.',
    [],
    ({ figures }, set) => set(figures.newContacts.sentToday, {}),
  )
  gauge(
    'zapfleet_poll_age_seconds',
    'Since a health round last began, by whichever scheduler; absent before the first.',
    [],
    ({ pollingAgeMs }, set) => {
      if (pollingAgeMs !== null) set(pollingAgeMs / 1_000, {})
    },
  )
  gauge(
    'zapfleet_job_last_duration_seconds',
    'The last run of each job that ended.',
    ['job'],
    ({ runs }, set) => {
      for (const { job, tookMs } of runs) if (tookMs !== null) set(tookMs / 1_000, { job })
    },
  )
  gauge('zapfleet_job_last_failed', '1 when the last run of the job failed.', ['job'], ({ runs }, set) => {
    for (const { job, failed } of runs) set(failed === null ? 0 : 1, { job })
  })
}

async function read(fleet: Fleet): Promise<Reading> {
  const [figures, instances, runs, pollingAgeMs, messages, alerts] = await Promise.all([
    readFigures(fleet),
    listInstances(fleet, { first: MOST_SERIES }),
    lastJobRuns(fleet),
    pollingAge(fleet),
    readMessageConditions(fleet),
    countOpenAlerts(fleet),
  ])
  return { figures, instances, runs, pollingAgeMs, messages, alerts }
}
