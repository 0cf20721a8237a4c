import { randomUUID } from 'node:crypto'
import type { Finding } from '../../src/alert/finding.ts'
import type { FleetReading, NumberReading } from '../../src/alert/fleet-reading.ts'
import { type AlertChanges, nextAlerts, type OpenAlert, type Pending } from '../../src/alert/next-alerts.ts'
import { findingsOf } from '../../src/alert/rules.ts'

export const NOW = new Date('2026-05-05T12:00:00Z')

export const ago = (ms: number, now: Date = NOW): Date => new Date(now.getTime() - ms)
export const SECOND = 1_000
export const MINUTE = 60_000
export const HOUR = 3_600_000

/** The servers of a fleet that has the default one only. */
export const oneServer = (problem: FleetReading['servers'][number]['problem']): FleetReading['servers'] => [
  { name: 'default', problem },
]

/** A number in service that fell an hour ago. */
export function number(name: string, given: Partial<NumberReading> = {}): NumberReading {
  return {
    name,
    server: 'default',
    status: 'disconnected',
    reason: 'LOGGED_OUT_BY_PHONE',
    since: ago(HOUR),
    checkedAt: ago(SECOND),
    connectedAt: null,
    lastFall: null,
    lastSentAt: null,
    paused: false,
    duplicateOf: null,
    failing: null,
    restricted: null,
    ...given,
  }
}

/** A fleet of which all is well. */
export function wellFleet(given: Partial<FleetReading> = {}): FleetReading {
  return {
    at: NOW,
    day: '2026-05-05',
    evaluatedAt: ago(5 * SECOND, given.at),
    servers: oneServer(null),
    connected: { numbers: 3, dailyCapacity: 300, sentToday: 10 },
    troubled: [],
    failedSends: [],
    blind: [],
    polling: { ageMs: 5_000, periodMs: 15_000 },
    messages: { waiting: 0, oldestAt: null, senders: 1 },
    endpoints: [],
    routes: [],
    ...given,
  }
}

/** What a database stores between evaluations, in memory. */
export class StoredAlerts {
  open: OpenAlert[] = []
  closed: OpenAlert[] = []
  pending: Pending[] = []
  /** Rules and subjects that were reported, in order: `+` opened, `-` closed. Those of one evaluation are one entry. */
  reported: string[][] = []

  evaluate(
    reading: FleetReading,
    states: Readonly<Record<string, OpenAlert['subjectState']>> = {},
  ): AlertChanges {
    return this.apply(findingsOf(reading), reading.at, reading.day, states)
  }

  apply(
    findings: readonly Finding[],
    now: Date,
    day = '2026-05-05',
    states: Readonly<Record<string, OpenAlert['subjectState']>> = {},
  ): AlertChanges {
    const open = this.open.map((one) => ({
      ...one,
      subjectState: states[one.subject] ?? ('present' as const),
    }))
    const changes = nextAlerts({ findings, open, pending: this.pending, now, day, newId: randomUUID })
    const nameOf = (id: string): string => {
      const one = [...this.open, ...changes.opens].find((alert) => alert.id === id)
      return `${one?.rule} ${one?.subject}`
    }
    const reported = [
      ...changes.reportOpened.map(({ id }) => `+ ${nameOf(id)}`),
      ...changes.reportClosed.map(({ id }) => `- ${nameOf(id)}`),
    ]
    if (reported.length > 0) this.reported.push(reported)
    const ends = new Set(changes.closes.map(({ id }) => id))
    this.closed.push(...this.open.filter(({ id }) => ends.has(id)))
    this.open = [
      ...this.open
        .filter(({ id }) => !ends.has(id))
        .map((one) => ({ ...one, ...changes.updates.find(({ id }) => id === one.id) })),
      ...changes.opens.map((one) => ({
        ...one,
        openedAt: now,
        seenOkAt: null,
        subjectState: 'present' as const,
      })),
    ]
    this.pending = changes.pending
    return changes
  }
}
