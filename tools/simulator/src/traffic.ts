import type { ReceiptStatus } from './outcome-policy.ts'

/** The key of a message as in Evolution's events. */
export type MessageKey = {
  remoteJid: string
  remoteJidAlt?: string
  fromMe: boolean
  id: string
  participant?: string
  participantAlt?: string
  addressingMode?: 'pn' | 'lid'
}

/** A message, in the shape of SEND_MESSAGE and MESSAGES_UPSERT. */
export type Message = {
  key: MessageKey
  pushName: string | null
  status: string
  message: Record<string, unknown>
  contextInfo?: object
  messageType: string
  messageTimestamp: number
  instanceId: string
  source: string
}

/** A row of Evolution's message table, with its rows of the table MessageUpdate in the order of their writing. */
export type MessageRow = {
  id: string
  message: Message
  updates: { id: string; status: ReceiptStatus }[]
  /** The form of `remoteJid` in updates. */
  receiptJid: string
  /** Statuses that Evolution drops. */
  lost: readonly ReceiptStatus[]
  /** Whether the row is in the table: Evolution writes to the socket first. */
  isStored: boolean
}

/** What WhatsApp sends to a connected instance. */
export type Node =
  | { kind: 'receipts'; id: string; statuses: ReceiptStatus[] }
  | { kind: 'message'; message: Message }

/** The messages of one instance: rows in the database, memory of Evolution's handler, and what waits at WhatsApp. */
export type Traffic = {
  /** By key id, oldest first. */
  rows: Map<string, MessageRow>
  sentCount: number
  /** Resolves when WhatsApp has taken the texts so far: Evolution sends those of one instance one after another. */
  sending: Promise<void>
  /** Texts that WhatsApp has not taken yet. */
  textsWaiting: number
  /** WhatsApp lets it write only to people of a past conversation: others are refused with the error 463. */
  restricted: boolean
  /** People and groups that WhatsApp has seen in a conversation with this number, as jids. */
  known: Map<string, true>
  /** The names of contacts, by jid. */
  contacts: Map<string, string | null>
  /** Phone jids of LIDs, remembered from messages that were addressed to the phone. */
  phoneOfLid: Map<string, string>
  /** Memory: when an update was handled, by message id and status. */
  handled: Map<string, number>
  /** Memory: when an inbound message was handled, by id. */
  arrived: Map<string, number>
  /** Memory: the handler of inbound messages ended with an API logout. */
  inboundDead: boolean
  /** Memory: until when Baileys holds events back after a login, by `performance.now()`. */
  heldUntilMs: number
  /** Memory: what it holds back. */
  held: Node[]
  /** At WhatsApp: what waits for the next login. */
  waiting: Node[]
}

/** An instance without messages. */
export const newTraffic = (): Traffic => ({
  rows: new Map(),
  sentCount: 0,
  sending: Promise.resolve(),
  textsWaiting: 0,
  restricted: false,
  known: new Map(),
  contacts: new Map(),
  phoneOfLid: new Map(),
  handled: new Map(),
  arrived: new Map(),
  inboundDead: false,
  heldUntilMs: 0,
  held: [],
  waiting: [],
})

/** Forgets what the Evolution process keeps in memory, as its restart does. */
export function forgetMemory(traffic: Traffic): void {
  traffic.handled.clear()
  traffic.arrived.clear()
  traffic.inboundDead = false
  traffic.heldUntilMs = 0
  traffic.held = []
}

/** Adds an entry, and removes the oldest one past the limit. */
export function keep<K, V>(map: Map<K, V>, key: K, value: V, limit: number): void {
  map.delete(key)
  map.set(key, value)
  if (map.size <= limit) return
  const oldest = map.keys().next()
  if (!oldest.done) map.delete(oldest.value)
}
