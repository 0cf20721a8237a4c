import type { LidPair } from '../contact/link-lids.ts'
import type { OutcomeStatus } from '../reservation/reservation.ts'
import type { MessageEvents } from './message-events.ts'
import { joinOutcomes, type KnownOutcome, nextOutcome } from './next-outcome.ts'

/** Where events about messages come from. */
export const EVENT_SOURCES = [
  'instance_webhook',
  'global_webhook',
  'websocket',
  'report',
  'read_back',
] as const

export type EventSource = (typeof EVENT_SOURCES)[number]

/** One report of a status with its instance. `atMs` null: it happened when it arrived. */
export type ReportedOutcome = {
  instance: string
  messageId: string
  status: OutcomeStatus
  atMs: number | null
  error: string | null
}

/** What arrived together. `arrivedAtMs` in milliseconds since 1970, by the database's clock. */
export type Arrival = { events: MessageEvents; source: EventSource; arrivedAtMs: number }

/** What is stored in one go: one outcome for each message, one inbound for each person. */
export type EventBatch = {
  outcomes: (KnownOutcome & { instance: string; messageId: string })[]
  sends: { instance: string; messageId: string; jid: string; sentAtMs: number; arrivedAtMs: number }[]
  inbound: { instance: string; jids: string[]; atMs: number }[]
  lids: (LidPair & { instance: string })[]
  coverage: { instance: string; source: EventSource }[]
}

/** Combines arrivals, so that duplicates cost nothing in the database. Sends keep the order in which they arrived. */
export function batchOf(arrivals: readonly Arrival[]): EventBatch {
  const outcomes = new Map<string, EventBatch['outcomes'][number]>()
  const sends = new Map<string, EventBatch['sends'][number]>()
  const inbound = new Map<string, EventBatch['inbound'][number]>()
  const lids = new Map<string, EventBatch['lids'][number]>()
  const coverage = new Map<string, EventBatch['coverage'][number]>()
  for (const { events, source, arrivedAtMs } of arrivals) {
    const { instance } = events
    if (events.isElsewhere !== true) coverage.set(keyOf(instance, source), { instance, source })
    for (const { messageId, status } of events.outcomes) {
      const key = keyOf(instance, messageId)
      const known = nextOutcome(outcomes.get(key) ?? null, { status, atMs: arrivedAtMs, error: null })
      outcomes.set(key, { ...known, instance, messageId })
    }
    for (const { messageId, jid, sentAtMs } of events.sends) {
      const key = keyOf(instance, messageId)
      if (!sends.has(key))
        sends.set(key, {
          instance,
          messageId,
          jid,
          sentAtMs: Math.min(sentAtMs ?? arrivedAtMs, arrivedAtMs),
          arrivedAtMs,
        })
    }
    for (const { jids, writtenAtMs } of events.inbound) {
      const key = keyOf(instance, jids.join())
      const atMs = Math.max(inbound.get(key)?.atMs ?? 0, Math.min(writtenAtMs ?? arrivedAtMs, arrivedAtMs))
      inbound.set(key, { instance, jids, atMs })
    }
    for (const pair of events.lids) lids.set(keyOf(instance, pair.lid), { ...pair, instance })
  }
  return {
    outcomes: [...outcomes.values()],
    sends: [...sends.values()],
    inbound: [...inbound.values()],
    lids: [...lids.values()],
    coverage: [...coverage.values()],
  }
}

/** Combines reports, one outcome for each message. */
export function outcomesOf(reports: readonly (ReportedOutcome & { atMs: number })[]): EventBatch['outcomes'] {
  const outcomes = new Map<string, EventBatch['outcomes'][number]>()
  for (const { instance, messageId, status, atMs, error } of reports) {
    const key = keyOf(instance, messageId)
    const one = nextOutcome(null, { status, atMs, error })
    outcomes.set(key, { ...joinOutcomes(outcomes.get(key) ?? null, one), instance, messageId })
  }
  return [...outcomes.values()]
}

/** One key of an instance and a message, a person or a source. None of them holds a line feed. */
export function keyOf(instance: string, rest: string): string {
  return `${instance}\n${rest}`
}

/** The instances of which messages were sent, delivered or read, by these outcomes. */
export function instancesWithGoodNews(outcomes: EventBatch['outcomes']): string[] {
  return [...new Set(outcomes.flatMap((one) => (one.evidenceMs === null ? [] : [one.instance])))]
}
