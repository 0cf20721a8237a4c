import { setTimeout as sleep } from 'node:timers/promises'
import {
  callOf,
  confirmReservation,
  DEFAULT_SERVER,
  type Fleet,
  type OutcomeStatus,
  readWebhookEvent,
  receiveWebhook,
  reserve,
  waitForEvents,
} from '@zapfleet/core'
import type { ContestantName } from '../goals.ts'
import { anyContact } from '../population.ts'
import type { Contestant } from './contestant.ts'
import type { Reserves } from './reserve.ts'

/**
 * Messages per second whose receipts arrive. A fleet of 1,000 numbers with 20 messages an hour each sends 5.6 per second; this is 18 times as
 * many.
 */
const MESSAGES_PER_SECOND = 100
/** The share of receipts that are lost on the way. */
const LOST = 0.05

/** The receipts of a message, and how long after its sending each arrives: further apart than the intake collects. */
const RECEIPTS = [
  { word: 'SERVER_ACK', status: 'sent', afterMs: 0 },
  { word: 'DELIVERY_ACK', status: 'delivered', afterMs: 400 },
  { word: 'READ', status: 'read', afterMs: 800 },
] as const

/** The receipts arrive from here on before the warm-up of the reserves: then all three kinds arrive. */
const HEAD_START_MS = 1_000
const TAIL_MS = 500
const TICK_MS = 10

type Sent = { instance: string; messageId: string }
type Receipt = Sent & { atMs: number; word: string; status: OutcomeStatus }

/** The same reserves while the same process takes in the receipts of other messages, as its webhook route does. */
export function besideIntake(name: ContestantName, reserves: Reserves): Contestant {
  const { fleet } = reserves
  return {
    name,
    driven: `${reserves.driven}, while the process takes in the receipts of ${MESSAGES_PER_SECOND} messages a second: server ack, delivered, read; ${LOST * 100} % are lost`,
    async run(times, signal) {
      const forMs = HEAD_START_MS + times.warmUpMs + times.measuredMs + TAIL_MS
      const sent = await sendMessages(fleet, Math.ceil((forMs * MESSAGES_PER_SECOND) / 1_000))
      const arrival = startReceipts(fleet, receiptsOf(sent))
      try {
        await sleep(HEAD_START_MS, undefined, { signal })
        const measured = await reserves.run(times, signal)
        const arrived = arrival.stop()
        await waitForEvents(fleet)
        await checkStored(fleet, arrived)
        return measured
      } finally {
        arrival.stop()
      }
    },
  }
}

let made = 0

/** Messages that were reserved and confirmed. */
async function sendMessages(fleet: Fleet, count: number): Promise<Sent[]> {
  const sent = await Promise.all(
    Array.from({ length: count }, async (): Promise<Sent> => {
      const { id, instanceName: instance } = await reserve(fleet, { contactId: anyContact() })
      const messageId = `BENCH${String(++made).padStart(15, '0')}`
      await confirmReservation(fleet, { id, messageId })
      return { instance, messageId }
    }),
  )
  await waitForEvents(fleet)
  return sent
}

/** The receipts that are not lost, in the order of their arrival. */
function receiptsOf(sent: readonly Sent[]): Receipt[] {
  const all = sent.flatMap((message, at) =>
    RECEIPTS.map(({ afterMs, ...kind }) => ({
      ...message,
      ...kind,
      atMs: (at * 1_000) / MESSAGES_PER_SECOND + afterMs,
    })),
  )
  return all.filter(() => Math.random() >= LOST).sort((one, other) => one.atMs - other.atMs)
}

/** Hands each receipt to the intake at its time. `stop` returns those that arrived. */
function startReceipts(fleet: Fleet, receipts: readonly Receipt[]): { stop(): readonly Receipt[] } {
  const call = callOf(fleet)
  const startedAt = performance.now()
  let next = 0
  const timer = setInterval(() => {
    const passedMs = performance.now() - startedAt
    for (let due = receipts[next]; due && due.atMs <= passedMs; due = receipts[++next]) {
      const body = Buffer.from(bodyOf(due))
      const json: unknown = JSON.parse(body.toString())
      const event = readWebhookEvent(json)
      if (event) receiveWebhook(call, DEFAULT_SERVER, 'instance_webhook', { event, json, body })
    }
  }, TICK_MS)
  return {
    stop() {
      clearInterval(timer)
      return receipts.slice(0, next)
    },
  }
}

/** A receipt as Evolution sends it. */
function bodyOf({ instance, messageId, word }: Receipt): string {
  const data = { keyId: messageId, remoteJid: '5511987654321@s.whatsapp.net', fromMe: true, status: word }
  return JSON.stringify({ event: 'messages.update', instance, data })
}

/** @throws Error when a message does not have the furthest of its receipts */
async function checkStored({ sql }: Fleet, arrived: readonly Receipt[]): Promise<void> {
  const expected = new Map<string, OutcomeStatus>()
  for (const { messageId, status } of arrived) expected.set(messageId, status)
  const rows = await sql.prisma.reservation.findMany({
    where: { messageId: { in: [...expected.keys()] } },
    select: { messageId: true, outcome: true },
  })
  const wrong = rows.filter(({ messageId, outcome }) => expected.get(String(messageId)) !== outcome)
  if (rows.length !== expected.size || wrong.length > 0)
    throw new Error(
      `of ${expected.size} messages with receipts, ${expected.size - rows.length} are not stored and ${wrong.length} have another outcome`,
    )
}
