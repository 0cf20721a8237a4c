import type { LidPair } from '../contact/link-lids.ts'
import { INSTANCE_LIMITS } from '../instance/limits.ts'
import type { OutcomeStatus } from '../reservation/reservation.ts'

/** The events about messages that Evolution sends, as it subscribes to them. */
export const MESSAGE_EVENTS = ['SEND_MESSAGE', 'MESSAGES_UPDATE', 'MESSAGES_UPSERT'] as const

export type MessageEventName = (typeof MESSAGE_EVENTS)[number]

/** The content of one event about messages of one instance. No text of a message is in it. */
export type MessageEvents = {
  instance: string
  /** The events come from an instance of the same name on another server. They do not show that those of our instance arrive. */
  isElsewhere?: true
  /** Statuses of messages that the instance sent. */
  outcomes: { messageId: string; status: OutcomeStatus }[]
  /** Messages that were handed to WhatsApp; `jid` is the recipient, `sentAtMs` by Evolution's clock. */
  sends: { messageId: string; jid: string; sentAtMs: number | null }[]
  /**
   * Messages that people wrote; `jids` of the person, the one with a phone first. `writtenAtMs` by WhatsApp's clock. Reactions count:
   * a person who reacts uses the chat with this number, and opens WhatsApp's 24 hours. One that is taken back does not.
   */
  inbound: { jids: string[]; writtenAtMs: number | null }[]
  /** Phones of LIDs, from any message: also of members of groups, and of people to whom a message was typed on the phone. */
  lids: LidPair[]
}

/** Statuses of Evolution. PENDING, DELETED and words of other versions are no evidence about a message. */
const STATUSES: Readonly<Record<string, OutcomeStatus>> = {
  SERVER_ACK: 'sent',
  DELIVERY_ACK: 'delivered',
  READ: 'read',
  PLAYED: 'read',
  ERROR: 'failed',
}

/** Ids of WhatsApp have 16 to 32 characters. */
const ID_MAX_LENGTH = 128
/** Elements of one event that are read: Evolution sends one each. */
const MOST_ELEMENTS = 1_000
const PERSON = /^\d{5,20}(?::\d+)?@(s\.whatsapp\.net|lid)$/

/**
 * Reads the body of an event about messages, of a webhook or of the websocket; null when it is none. Names are understood as
 * Evolution subscribes to them (SEND_MESSAGE) and as it sends them (send.message). Of an update only the id of the message is used: its
 * JID may be another one than that of the send. The envelope's `date_time` is not read: it is local time with the letter of UTC.
 */
export function readMessageEvents(body: unknown): MessageEvents | null {
  const { event, instance, data } = fields(body)
  const name = eventName(event)
  if (name === null || typeof instance !== 'string' || instance === '') return null
  if (instance.length > INSTANCE_LIMITS.nameMaxLength || instance.includes('\0')) return null
  const events: MessageEvents = { instance, outcomes: [], sends: [], inbound: [], lids: [] }
  const elements = Array.isArray(data) ? data.slice(0, MOST_ELEMENTS) : [data]
  for (const element of elements) read(name, fields(element), events)
  return events
}

/** A status of Evolution as one of ours; null for one without a meaning here. */
export function statusOf(word: unknown): OutcomeStatus | null {
  return typeof word === 'string' && Object.hasOwn(STATUSES, word) ? (STATUSES[word] ?? null) : null
}

const LARGE =
  /^\s*\{\s*"event"\s*:\s*("[^"\\]*")\s*,\s*"instance"\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*"data"\s*:\s*\{\s*"key"\s*:\s*(\{[^{}]*\})/

/**
 * Reads the beginning of a body that is too large to be kept: a message with its media as base64. Evolution writes event, instance and
 * the key of the message first; what follows is not used.
 *
 * @returns null where the beginning does not have this form, or is no event about messages
 */
export function readLargeEvent(beginning: string): unknown {
  const [, event, instance, key] = LARGE.exec(beginning) ?? []
  try {
    const json = JSON.parse(`{"event":${event},"instance":${instance},"data":{"key":${key}}}`)
    return eventName(json.event) === null ? null : json
  } catch {
    return null
  }
}

/** The name of an event about messages, in the spelling of a subscription; null for any other. */
function eventName(event: unknown): MessageEventName | null {
  if (typeof event !== 'string') return null
  const name = event.toUpperCase().replaceAll(/[.-]/g, '_')
  return MESSAGE_EVENTS.find((known) => known === name) ?? null
}

function read(name: MessageEventName, data: Fields, events: MessageEvents): void {
  const key = fields(data.key)
  if (name === 'MESSAGES_UPDATE') {
    const messageId = idOf(data.keyId)
    const status = statusOf(data.status)
    // With fromMe false it is a message of the other person that was read here.
    if (messageId !== null && status !== null && data.fromMe !== false)
      events.outcomes.push({ messageId, status })
  } else if (name === 'SEND_MESSAGE') {
    const messageId = idOf(key.id)
    const jid = key.remoteJid
    if (messageId !== null && typeof jid === 'string' && PERSON.test(jid))
      events.sends.push({ messageId, jid, sentAtMs: instantOf(data.messageTimestamp) })
  } else {
    const pair = lidPair(key.remoteJid, key.remoteJidAlt) ?? lidPair(key.participant, key.participantAlt)
    if (pair) events.lids.push(pair)
    if (key.fromMe !== false || !isPerson(key.remoteJid) || isReactionTakenBack(data)) return
    const jids = [...new Set([key.remoteJid, key.remoteJidAlt].filter(isPerson))]
    jids.sort((one, other) => Number(one.endsWith('@lid')) - Number(other.endsWith('@lid')))
    events.inbound.push({ jids, writtenAtMs: instantOf(data.messageTimestamp) })
  }
}

/** Whether a JID is of a person: no group, broadcast, status or newsletter. */
function isPerson(jid: unknown): jid is string {
  return typeof jid === 'string' && PERSON.test(jid)
}

function lidPair(one: unknown, other: unknown): LidPair | null {
  if (!isPerson(one) || !isPerson(other) || one.endsWith('@lid') === other.endsWith('@lid')) return null
  return one.endsWith('@lid') ? { lid: one, phone: other } : { lid: other, phone: one }
}

function isReactionTakenBack(data: Fields): boolean {
  return data.messageType === 'reactionMessage' && fields(fields(data.message).reactionMessage).text === ''
}

type Fields = Readonly<Record<string, unknown>>

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function idOf(value: unknown): string | null {
  if (typeof value !== 'string' || value === '' || value.length > ID_MAX_LENGTH) return null
  return /^[\x21-\x7e]+$/.test(value) ? value : null
}

/** Seconds since 1970, as a number, a text, or a Long `{ low, high }`, as milliseconds. */
function instantOf(value: unknown): number | null {
  const low = fields(value).low
  const seconds = typeof low === 'number' ? low : Number(typeof value === 'object' ? Number.NaN : value)
  return Number.isFinite(seconds) && seconds > 0 && seconds < 1e11 ? seconds * 1_000 : null
}
