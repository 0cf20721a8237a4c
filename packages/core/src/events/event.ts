import { type Instance, type ShownRow, toInstance } from '../instance/instance.ts'

/** What is stored of changes, in the order of their commits. */
export const EVENT_TYPES = ['created', 'status', 'settings', 'deleted'] as const

export type EventType = (typeof EVENT_TYPES)[number]

/** A stored change. `id` grows with every commit; `instance` is as it was right after the change. */
export type InstanceEvent = { id: string; type: EventType; instance: Instance }

/** The present counters of the instances whose counters changed. Not stored: it has no id. */
export type CountersEvent = { type: 'counters'; instances: Instance[] }

export type FleetEvent = InstanceEvent | CountersEvent

/** An instance as the SQL function `zapfleet.instance_facts` writes it down: columns by their names. */
export type InstanceFacts = Record<string, unknown>

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

/** Reads a row as of its own moment, never of now: every reading of it returns the same instance. */
export function toEvent(row: EventRow): InstanceEvent {
  const moment = { at: row.at, hourStart: row.hour_start, dayStart: row.day_start, lastRoundAt: null }
  return { id: row.id, type: row.type, instance: toInstance(rowFromFacts(row.facts), moment) }
}

/** The row behind facts. Columns that are missing read as the table's defaults, and an instant that is none as null. */
export function rowFromFacts(facts: InstanceFacts): ShownRow {
  const text = (column: string): string | null => {
    const value = facts[column]
    return typeof value === 'string' ? value : null
  }
  const number = (column: string): number | null => {
    const value = facts[column]
    return typeof value === 'number' ? value : null
  }
  const instant = (column: string): Date | null => {
    const value = text(column)
    if (value === null) return null
    const at = new Date(value)
    return Number.isNaN(at.getTime()) ? null : at
  }
  return {
    name: text('nome') ?? '',
    phoneNumber: text('numero_telefone'),
    status: text('status'),
    hourlyCapacity: number('capacidade_hora'),
    dailyCapacity: number('capacidade_dia'),
    sentThisHour: number('msgs_enviadas_hora'),
    sentToday: number('msgs_enviadas_dia'),
    priority: number('prioridade'),
    lastSentAt: instant('ultima_msg_at'),
    createdAt: instant('created_at'),
    hourWindow: instant('janela_hora') ?? new Date(0),
    dayWindow: instant('janela_dia') ?? new Date(0),
    paused: facts.pausada === true,
    pauseReason: text('pausa_motivo'),
    duplicateOf: text('duplicata_de'),
    statusReason: text('status_motivo'),
    statusSince: instant('status_desde'),
    checkedAt: instant('verificada_em'),
    silentRounds: number('silencios') ?? 0,
  }
}
