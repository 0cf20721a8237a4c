import type { Kind } from '../contact/conversations.ts'
import type { SeenPools } from '../instance/in-pools.ts'
import type { Fallback } from '../selection/fallback.ts'
import type { StrategyName } from '../selection/strategies.ts'

/**
 * `queued`: waits for its moment, for capacity, or for an earlier message to the contact. `sending`: handed to Evolution, or its answer is
 * not certain yet, at most 120 s. `sent`: WhatsApp's connection has it. `delivered`, `read`: reported by WhatsApp. `failed`: surely not sent, or
 * refused by WhatsApp. `expired`: not sent before `validUntil`. `canceled`: by `message.cancel`. `unknown`: sent or not, nothing was reported; it is
 * never sent again.
 */
export const MESSAGE_STATES = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'read',
  'failed',
  'expired',
  'canceled',
  'unknown',
] as const

export type MessageState = (typeof MESSAGE_STATES)[number]

export const MEDIA_KINDS = ['image', 'video', 'document', 'audio'] as const

/** A file, by its address or as base64. `audio` is sent as a voice message. */
export type Media = {
  kind: (typeof MEDIA_KINDS)[number]
  url?: string | undefined
  base64?: string | undefined
  /** Needed for a document as base64. */
  fileName?: string | undefined
  mimeType?: string | undefined
  caption?: string | undefined
}

export type MessageContent = { text: string } | { media: Media }

/**
 * One number that was tried. `result`: `sending` in flight; `sent`; `unknown`; `not_tried`: its seat was given back before anything was sent; else why it was surely not
 * sent, as the verdict on Evolution's answer names it (`line_down`, `no_whatsapp`, …).
 */
export type Attempt = { instanceName: string; at: string; result: string }

/** A message as callers see it. Instants are ISO 8601 in UTC. */
export type Message = {
  id: string
  /** As the caller wrote it. */
  to: string
  contactId: string
  pool: string | null
  state: MessageState
  /** The number that sends it, or sent it; null before one was chosen. */
  instanceName: string | null
  reservationId: string | null
  /** Evolution's id (`key.id`). */
  messageId: string | null
  kind: Kind | null
  createdAt: string
  /** `sendAt`, where the caller gave one. */
  notBefore: string | null
  /** Not sent after this moment; null: it is sent at once or not at all. */
  validUntil: string | null
  sentAt: string | null
  deliveredAt: string | null
  readAt: string | null
  /** The last 20. */
  attempts: Attempt[]
  /** Why it was not sent, or what is not certain, for people. */
  error: string | null
}

/** How it is sent, with defaults. */
export type MessageOptions = {
  strategy: StrategyName
  fallback: Fallback
  exclude: string[]
  /** How many other numbers are tried after one that surely did not send it. */
  failover: number
  validForS: number
}

/** A row of `zapfleet.messages`, without its content. Instants as Dates, or as text where the row came as JSON. */
export type MessageRow = {
  id: string
  recipient: string
  contact_id: string
  contact_as: string | null
  pool: string | null
  state: MessageState
  options: MessageOptions
  created_at: Date | string
  due_at: Date | string
  scheduled: boolean
  valid_until: Date | string
  reservation_id: string | null
  instance_name: string | null
  kind: Kind | null
  attempts: Attempt[]
  message_id: string | null
  sent_at: Date | string | null
  delivered_at: Date | string | null
  read_at: Date | string | null
  error: string | null
}

/** The columns of MessageRow: `m` is the message. */
export const MESSAGE_COLUMNS = `m.id, m.recipient, m.contact_id, m.contact_as, m.pool, m.state, m.options, m.created_at, m.due_at, m.scheduled, m.valid_until,
  m.reservation_id, m.instance_name, m.kind, m.attempts, m.message_id, m.sent_at, m.delivered_at, m.read_at, m.error`

/** Whether a message is of one of these pools; one that named no pool is of none. */
export function isOfPools({ pool }: Pick<Message, 'pool'>, pools: SeenPools): boolean {
  return pools === undefined || (pool !== null && pools.includes(pool))
}

/** Turns a row into what callers get. */
export function readMessage(row: MessageRow): Message {
  const isAtOnce = row.options.validForS === 0 && !row.scheduled
  return {
    id: row.id,
    to: row.recipient,
    contactId: row.contact_as ?? row.contact_id,
    pool: row.pool,
    state: row.state,
    instanceName: row.instance_name,
    reservationId: row.reservation_id,
    messageId: row.message_id,
    kind: row.kind,
    createdAt: iso(row.created_at),
    notBefore: row.scheduled ? iso(row.due_at) : null,
    validUntil: isAtOnce ? null : iso(row.valid_until),
    sentAt: isoOrNull(row.sent_at),
    deliveredAt: isoOrNull(row.delivered_at),
    readAt: isoOrNull(row.read_at),
    attempts: row.attempts,
    error: row.error,
  }
}

const iso = (at: Date | string): string => new Date(at).toISOString()
const isoOrNull = (at: Date | string | null): string | null => (at === null ? null : iso(at))
