import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { contactIds } from '../contact/contact-ids.ts'
import { FleetError } from '../ground/fleet-error.ts'
import { newId } from '../ground/new-id.ts'
import { within } from '../ground/within.ts'
import { releaseReservation } from '../reservation/complete-reservation.ts'
import { reserve } from '../reservation/reserve.ts'
import { defaultFallback, type Fallback, isGroup } from '../selection/fallback.ts'
import { unknownPool } from '../selection/refusal.ts'
import type { StrategyName } from '../selection/strategies.ts'
import { carryLane } from './carry-lane.ts'
import { type Message, type MessageContent, type MessageRow, readMessage } from './message.ts'
import type { MessageCall, MessageFleet } from './message-fleet.ts'
import type { StoredRow } from './message-sql.ts'
import {
  freeMessageKey,
  readKeyedMessage,
  readMessages,
  readWaiting,
  withdrawMessages,
} from './message-sql.ts'
import type { Head, NewMessage } from './message-store.ts'
import { RULES } from './next-step.ts'
import { recipientNumber } from './recipient-number.ts'

/** What to send, to whom, and how. Exactly one of `text` and `media`. */
export type SendInput = {
  /** Digits with the country code, a JID, or a group's JID. */
  to: string
  text?: string | undefined
  media?: Extract<MessageContent, { media: unknown }>['media'] | undefined
  /** Default `to`. */
  contactId?: string | undefined
  /** Only numbers with this tag. */
  pool?: string | undefined
  strategy?: StrategyName | undefined
  fallback?: Fallback | undefined
  exclude?: string[] | undefined
  /** How many other numbers are tried after one that surely did not send it; default 2. */
  failover?: number | undefined
  idempotencyKey?: string | undefined
  sendAt?: Date | undefined
  /** How long it may wait for a number, in seconds, from `sendAt` or now; default 0: now or not at all. */
  validForS?: number | undefined
}

const FAILOVER = 2
/** The answer comes after this time at the latest, whatever the message's state is then. */
const ANSWER_WITHIN_MS = 45_000
const LOOK_EVERY_MS = 200

/**
 * Sends a message by the number that should send it, once, and resolves when it was sent or has ended, or, with `validForS` or `sendAt`, when it waits in the
 * queue. After 45 s it resolves with what is known.
 *
 * @param owner the family of the key that sends
 * @throws FleetError NOT_FOUND (no number has the tag `pool`), NO_CAPACITY (without `validForS`: no number can send it now; nothing is stored), CONTACT_BLOCKED, CONFLICT (the key was used with other input),
 * OVERLOADED (the queue is full), INVALID_INPUT, DATABASE_UNAVAILABLE
 */
export async function sendMessage(
  call: MessageCall,
  input: SendInput,
  owner: string | null = null,
): Promise<Message> {
  const { fleet } = call
  const message = newMessage(fleet, input, owner)
  const { validForS } = message.options
  if (message.pool !== null && (await isUnknownPool(fleet, message.pool))) {
    const earlier = await readEarlier(fleet, message)
    if (earlier !== null) return earlier
    throw unknownPool(message.pool)
  }
  if (validForS > 0 || message.send_at !== null) await fleet.messageQueue.admit(message.content_bytes)
  let stored = await fleet.messages.store(message)
  while (stored === null) {
    const earlier = await readEarlier(fleet, message)
    if (earlier !== null) return earlier
    stored = await fleet.messages.store(message)
  }
  const { id } = message
  const { token } = stored
  const isAtOnce = validForS === 0 && !stored.scheduled
  let refusal: FleetError | undefined
  let tried: MessageRow | null = null
  if (token !== null) {
    const lane = { contactId: stored.contact_id, token }
    const answered = new Promise<void>((resolve) => {
      const first = stored.is_only ? headOf(message, stored) : undefined
      void carryLane(call, lane, {
        first,
        onTried(row, error) {
          if (row.id !== id) return
          tried = row
          refusal = error
          // One that is still queued may be tried again at once.
          if (row.state !== 'queued') resolve()
        },
      }).then(() => resolve())
    })
    await within(ANSWER_WITHIN_MS, answered, () => {})
  } else if (isAtOnce) await waitForTurn(fleet, id)
  const ended = tried ?? (await getRow(fleet, id))
  if (ended.attempts.length > 0) return readMessage(ended)
  const isOver = ended.state === 'expired' || ended.state === 'failed'
  const mayNotWait = isAtOnce && ended.state === 'queued'
  if (!(isOver && (refusal !== undefined || isAtOnce)) && !mayNotWait) return readMessage(ended)
  const error = refusal ?? (await refusalNow(fleet, ended))
  // Another process may have taken it at this moment.
  if (!(await withdraw(fleet, id))) return readMessage(await getRow(fleet, id))
  throw error
}

/** Whether no number has this tag, also by a fresh reading. */
async function isUnknownPool({ engine: { snapshot } }: MessageFleet, tag: string): Promise<boolean> {
  await snapshot.ready()
  if (snapshot.pools.of(tag).size() > 0) return false
  await snapshot.refresh()
  return snapshot.pools.of(tag).size() === 0
}

/**
 * Why a message cannot be sent now, where another process or another message met the refusal: what a reserve is refused with, or, where a number has
 * room, that an earlier message goes first.
 */
async function refusalNow(fleet: MessageFleet, message: MessageRow): Promise<FleetError> {
  const { strategy, fallback, exclude } = message.options
  const contactId = message.contact_as ?? message.contact_id
  try {
    const { id } = await reserve(fleet, {
      contactId,
      pool: message.pool ?? undefined,
      strategy,
      fallback,
      exclude,
    })
    await releaseReservation(fleet, { id, cause: 'not_tried' })
  } catch (error) {
    if (error instanceof FleetError) return error
    throw error
  }
  return new FleetError('NO_CAPACITY', BEHIND, { availableAt: null, reasons: {} })
}

const BEHIND =
  'An earlier message to this contact waits for a number, or it is not certain yet whether it was sent. Give validForS, and this message waits behind it.'

/** The message as it was stored, the only one of its lane. */
function headOf(message: NewMessage, stored: StoredRow): Head {
  const { id, recipient, pool, content, options, owner } = message
  const { version, contact_id, contact_as, scheduled, created_at, due_at, valid_until } = stored
  return {
    version,
    at: created_at,
    isOnly: true,
    message: {
      id,
      recipient,
      contact_id,
      contact_as,
      pool,
      content,
      options,
      owner,
      state: 'queued',
      created_at,
      due_at,
      valid_until,
      scheduled,
      tries: 0,
      sending_at: null,
      reservation_id: null,
      instance_name: null,
      kind: null,
      attempts: [],
      message_id: null,
      sent_at: null,
      delivered_at: null,
      read_at: null,
      error: null,
    },
  }
}

function newMessage(fleet: MessageFleet, input: SendInput, owner: string | null): NewMessage {
  const number = recipientNumber(input.to, fleet.defaultCountry)
  if (number === null) throw notANumber(input.to)
  const contact = input.contactId ?? contactOfRecipient(fleet, input.to, number)
  const { key } = contactIds(fleet, contact)
  const { sendAt = null, validForS = 0, pool = null } = input
  const options = {
    strategy: input.strategy ?? 'sticky',
    fallback: input.fallback ?? defaultFallback(isGroup(input.to) ? input.to : contact),
    exclude: input.exclude ?? [],
    failover: input.failover ?? FAILOVER,
    validForS,
  }
  const content = contentOf(input)
  return {
    id: newId(),
    recipient: input.to,
    written_key: key,
    written_as: key === contact ? null : contact,
    pool,
    content,
    content_bytes: sizeOf(content),
    options,
    owner,
    idempotency_key: input.idempotencyKey ?? null,
    input_hash:
      input.idempotencyKey === undefined
        ? null
        : hashOf(
            // Hashes that were stored before there were pools stay equal.
            [input.to, key, options, sendAt?.getTime() ?? null, ...(pool === null ? [] : [pool])],
            content,
          ),
    send_at: sendAt,
    valid_s: validForS > 0 ? validForS : sendAt === null ? RULES.atOnceForS : RULES.scheduledForS,
  }
}

/** The recipient as it was written; the number with the country code, where that alone leads to the contact. */
function contactOfRecipient(fleet: MessageFleet, to: string, number: string): string {
  if (number === to) return to
  return contactIds(fleet, number).key === contactIds(fleet, to).key ? to : number
}

function notANumber(to: string): FleetError {
  const got = JSON.stringify([...to].slice(0, 40).join(''))
  return new FleetError(
    'INVALID_INPUT',
    `to: expected a phone number with its country code, such as 5511987654321, or a JID; got ${got}, which is no number of this country either`,
  )
}

/** In bytes, about. */
function sizeOf(content: MessageContent): number {
  const texts = 'text' in content ? [content.text] : Object.values(content.media)
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0)
}

/** A file is hashed as it is: as JSON it would be copied. */
function hashOf(input: unknown, content: MessageContent): string {
  const { base64 = '', ...media } = 'media' in content ? content.media : {}
  const rest = 'text' in content ? { text: content.text } : media
  return createHash('sha256')
    .update(JSON.stringify([input, rest]))
    .update(base64)
    .digest('base64url')
}

function contentOf({ text, media }: SendInput): MessageContent {
  if (text !== undefined && media === undefined) return { text }
  if (media !== undefined && text === undefined && (media.url === undefined) !== (media.base64 === undefined))
    return { media }
  throw new FleetError(
    'INVALID_INPUT',
    'Expected exactly one of text and media, and of a media exactly one of url and base64.',
  )
}

/** The message that has this idempotency key, as soon as no process works on it; null where the key is free again. */
async function readEarlier(fleet: MessageFleet, message: NewMessage): Promise<Message | null> {
  const [row] = await fleet.sql.run<MessageRow & { input_hash: string; is_over: boolean }>(readKeyedMessage, [
    fleet.clock(),
    message.idempotency_key,
  ])
  if (!row) return null
  if (row.is_over) {
    await fleet.sql.run(freeMessageKey, [row.id])
    return null
  }
  if (row.input_hash !== message.input_hash)
    throw new FleetError(
      'CONFLICT',
      'This idempotencyKey was used for another message within 24 hours. Give each message its own key.',
    )
  for (let looks = 0; looks < EARLIER_LOOKS; looks++) {
    const present = looks === 0 ? row : await findRow(fleet, row.id)
    if (!present) return null
    const isWorkedOn = present.state === 'sending' && looks === 0
    if (!isWorkedOn && !mayBeWithdrawn(present)) return readMessage(present)
    // Another call is sending it. Where that is refused, that call removes it at once.
    await waitForTurn(fleet, row.id)
    if (looks > 0) await pause(LOOK_EVERY_MS)
  }
  // That call's process has ended.
  await withdraw(fleet, row.id)
  return null
}

/** How often a message of another call is looked at that was never tried: two seconds. */
const EARLIER_LOOKS = 10

/** A message that goes at once and was never tried: its call removes it, and returns an error. */
function mayBeWithdrawn({ state, options, scheduled, attempts }: MessageRow): boolean {
  const isAtOnce = options.validForS === 0 && !scheduled
  return isAtOnce && attempts.length === 0 && ['queued', 'expired', 'failed'].includes(state)
}

/** Until the message was sent or has ended, no process works on its contact any more, or the time is over. */
async function waitForTurn(fleet: MessageFleet, id: string): Promise<void> {
  const giveUpAtMs = performance.now() + ANSWER_WITHIN_MS
  while (performance.now() < giveUpAtMs) {
    const [row] = await fleet.sql.run<MessageRow & { is_free: boolean }>(readWaiting, [fleet.clock(), id])
    if (!row || row.is_free || (row.state !== 'queued' && row.state !== 'sending')) return
    await pause(LOOK_EVERY_MS)
  }
}

/** Removes a message that was never tried; false where it was tried meanwhile. */
async function withdraw(fleet: MessageFleet, id: string): Promise<boolean> {
  return (await fleet.sql.run(withdrawMessages, [[id]])).length > 0
}

async function findRow(fleet: MessageFleet, id: string): Promise<MessageRow | undefined> {
  const [row] = await fleet.sql.run<MessageRow>(readMessages, [[id]])
  return row
}

async function getRow(fleet: MessageFleet, id: string): Promise<MessageRow> {
  const row = await findRow(fleet, id)
  if (row) return row
  throw new FleetError('NOT_FOUND', `There is no message ${id} any more: an operator removed the contact.`)
}
