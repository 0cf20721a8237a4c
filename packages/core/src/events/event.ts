import { type Instance, toInstance } from '../instance/instance.ts'
import { type InstanceFacts, rowFromFacts } from '../instance/row.ts'

/** What is stored of changes, in the order of their commits. */
export const EVENT_TYPES = ['created', 'status', 'settings', 'deleted'] as const

export type EventType = (typeof EVENT_TYPES)[number]

/** A stored change. `id` grows with every commit; `instance` is as it was right after the change. */
export type InstanceEvent = { id: string; type: EventType; instance: Instance }

/** The present counters of the instances whose counters changed. Not stored: it has no id. */
export type CountersEvent = { type: 'counters'; instances: Instance[] }

export type FleetEvent = InstanceEvent | CountersEvent

/** A row of `zapfleet.events`, with the starts of the hour and the local day in which it happened. */
export type EventRow = {
  id: string
  type: EventType
  at: Date
  hour_start: Date
  day_start: Date
  facts: InstanceFacts
}

const ID_MAX = 2n ** 63n - 1n

/** The id that a text names: a whole number of PostgreSQL's bigint, 0 or more; null when it is none. */
export function parseEventId(text: string): bigint | null {
  if (!/^\d{1,19}$/.test(text)) return null
  const id = BigInt(text)
  return id <= ID_MAX ? id : null
}

/** Reads a row as of its own moment, so that every later reader sees the same instance. */
export function toEvent(row: EventRow, timeZone: string): InstanceEvent {
  const moment = {
    at: row.at,
    hourStart: row.hour_start,
    dayStart: row.day_start,
    timeZone,
    rounds: new Map(),
  }
  return { id: row.id, type: row.type, instance: toInstance(rowFromFacts(row.facts), moment) }
}
