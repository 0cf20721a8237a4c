import type { Instance } from './instance.ts'
import type { ReceiptStatus } from './outcome-policy.ts'
import { isGroup } from './phone-number.ts'
import type { SentContent } from './sent-content.ts'
import type { Message, MessageKey, MessageRow } from './traffic.ts'
import { isAtLeast } from './version.ts'

/** A message from a person to an instance, or one that was typed on the instance's own phone. */
export type InboundMessage = {
  /** The phone in digits, or a jid: `<15 digits>@lid` for a person whom WhatsApp addresses by LID. */
  from: string
  /** The other address of the person: the LID of a phone, or the phone of a LID. Absent: not sent. */
  alt?: string
  text?: string
  /** `conversation` (default), or a kind whose text is elsewhere or absent. */
  kind?: 'conversation' | 'image' | 'reaction' | 'ephemeral'
  /** The id of the message that it quotes or reacts to. */
  quoted?: string
  /** Default: made up, 32 letters (an Android phone). */
  id?: string
  pushName?: string | null
  /** The group, as `1203…@g.us`. */
  group?: string
  /** Typed on the number's own phone, to `from`. */
  fromMe?: boolean
  /** A status update of the person. Evolution sends it only with the setting `readStatus`. */
  isStatus?: boolean
  /** ISO 8601; default: now. */
  sentAt?: string
}

/** The `contextInfo` of a message in a chat with one person. */
const contextAt = (seconds: number) => ({
  mentionedJid: [],
  groupMentions: [],
  ephemeralSettingTimestamp: { low: seconds - 172_800, high: 0, unsigned: false },
  disappearingMode: { initiator: 0 },
})

/** The answer of a send, which is the data of SEND_MESSAGE as well. */
export function sentMessage(
  instance: Instance,
  jid: string,
  id: string,
  { message, messageType }: SentContent,
  at: Date,
): Message {
  const seconds = Math.floor(at.getTime() / 1000)
  return {
    key: { remoteJid: jid, fromMe: true, id },
    pushName: 'Você',
    status: 'PENDING',
    message,
    ...(isGroup(jid) ? {} : { contextInfo: contextAt(seconds) }),
    messageType,
    messageTimestamp: seconds,
    instanceId: instance.id,
    source: 'web',
  }
}

/** The data of MESSAGES_UPSERT. `from` and `alt` are jids here. */
export function inboundMessage(
  instance: Instance,
  inbound: InboundMessage & { id: string },
  at: Date,
): Message {
  const { text = 'oi', fromMe = false } = inbound
  return {
    key: inboundKey(inbound, fromMe),
    pushName: fromMe ? instance.database.profileName : (inbound.pushName ?? null),
    status: fromMe ? 'SERVER_ACK' : 'DELIVERY_ACK',
    ...content(inbound, text, at),
    messageTimestamp: Math.floor(at.getTime() / 1000),
    instanceId: instance.id,
    source: 'android',
  }
}

/**
 * A message from a LID with a known phone as a version sends it: until 2.3.6 as it came; 2.3.7 writes the phone in both fields; 2.4
 * swaps them. The stored row keeps the LID.
 */
export function toldMessage(message: Message, version: string): Message {
  const { key } = message
  const { remoteJid: lid, remoteJidAlt: phone } = key
  if (key.addressingMode !== 'lid' || phone === undefined || !isAtLeast(version, '2.3.7')) return message
  if (!isAtLeast(version, '2.4.0')) return { ...message, key: { ...key, remoteJid: phone } }
  return { ...message, key: { ...key, remoteJid: phone, remoteJidAlt: lid, addressingMode: 'pn' } }
}

/** The data of MESSAGES_UPDATE. `messageId` is absent when Evolution stores no messages. */
export const updateData = (row: MessageRow, status: ReceiptStatus, isStoring: boolean) => ({
  keyId: row.message.key.id,
  remoteJid: row.receiptJid,
  fromMe: row.message.key.fromMe,
  status,
  instanceId: row.message.instanceId,
  ...(isStoring ? { messageId: row.id } : {}),
})

function inboundKey(inbound: InboundMessage & { id: string }, fromMe: boolean): MessageKey {
  const { from, alt, id, group } = inbound
  const addressingMode = from.endsWith('@lid') ? 'lid' : 'pn'
  const remoteJid = inbound.isStatus === true ? 'status@broadcast' : group
  if (remoteJid === undefined) {
    const other = alt === undefined ? {} : { remoteJidAlt: alt }
    return { remoteJid: from, ...other, fromMe, id, participant: '', addressingMode }
  }
  const other = alt === undefined ? {} : { participantAlt: alt }
  return { remoteJid, fromMe, id, participant: from, ...other, addressingMode }
}

type Content = Pick<Message, 'message' | 'messageType' | 'contextInfo'>

function content(inbound: InboundMessage, text: string, at: Date): Content {
  const { kind = 'conversation', quoted } = inbound
  if (kind === 'reaction') {
    const key = { remoteJid: inbound.from, fromMe: true, id: quoted ?? '' }
    const senderTimestampMs = { low: at.getTime() % 2 ** 31, high: 0, unsigned: false }
    return { messageType: 'reactionMessage', message: { reactionMessage: { key, text, senderTimestampMs } } }
  }
  if (kind === 'ephemeral') {
    const message = { extendedTextMessage: { text } }
    return { messageType: 'ephemeralMessage', message: { ephemeralMessage: { message } } }
  }
  if (kind === 'image') {
    const imageMessage = {
      caption: text,
      mimetype: 'image/jpeg',
      fileLength: { low: 2048, high: 0, unsigned: true },
      mediaKey: { '0': 1, '1': 2 },
    }
    return { messageType: 'imageMessage', message: { imageMessage } }
  }
  const message = {
    // The keys of the group travel beside the first text of a member.
    ...(inbound.group === undefined ? {} : { senderKeyDistributionMessage: { groupId: inbound.group } }),
    conversation: text,
  }
  if (quoted === undefined) return { messageType: 'conversation', message }
  const contextInfo = { stanzaId: quoted, participant: inbound.from, quotedMessage: { conversation: '…' } }
  return { messageType: 'conversation', message, contextInfo }
}
