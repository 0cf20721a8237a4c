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
import type { Arena } from '../arena.ts'
import { driveInTurns } from '../load/drive-in-turns.ts'
import type { Measured } from '../measured.ts'
import { anyContact } from '../population.ts'
import type { ReadUsage } from '../read-usage.ts'
import { CALLERS, type Contestant, type Times } from './contestant.ts'
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

/** The receipts arrive for so long before the first turn: then all three kinds arrive. */
const HEAD_START_MS = 1_000
const TICK_MS = 10

/** The measured part of a turn, and the part before it, which is longer than the intake collects receipts. */
const TURN_MS = 500
const CHANGE_MS = 350
/** So many times the measured time of other contestants: the difference is small, and needs many turns. */
const TURNS = 4

type Sent = { instance: string; messageId: string }
type Receipt = Sent & { atMs: number; word: string; status: OutcomeStatus }

/** The same reserves while the same process takes in the receipts of other messages, as its webhook route does, and without. */
export type IntakeTurns = Readonly<Record<'beside' | 'without', Omit<Contestant, 'name'>>>

/**
 * Compares reserves beside the intake with those without in one stretch, in turns of half a second. The contestant that runs first in a round
 * measures both.
 */
export function openIntakeTurns({ readUsage }: Pick<Arena, 'readUsage'>, reserves: Reserves): IntakeTurns {
  let measured: Partial<Record<keyof IntakeTurns, Measured>> = {}
  const run = (way: keyof IntakeTurns): Contestant['run'] => {
    return async (times, signal) => {
      if (measured[way] === undefined) {
        const [beside, without] = await measureTurns(reserves, readUsage, times, signal)
        measured = { beside, without }
      }
      const { [way]: own, ...others } = measured
      measured = others
      return own as Measured
    }
  }
  const turns = `in turns of ${TURN_MS} ms in one stretch, ${CHANGE_MS} ms after each change`
  return {
    beside: {
      driven: `${reserves.driven}, while the process takes in the receipts of ${MESSAGES_PER_SECOND} messages a second: server ack, delivered, read; ${LOST * 100} % are lost; ${turns}`,
      run: run('beside'),
    },
    without: { driven: `the same without receipts, ${turns}`, run: run('without') },
  }
}

async function measureTurns(
  { fleet, call }: Reserves,
  readUsage: ReadUsage,
  { warmUpMs, measuredMs }: Times,
  signal: AbortSignal,
): Promise<[beside: Measured, without: Measured]> {
  const turns = Math.ceil((TURNS * measuredMs) / TURN_MS)
  const forMs = HEAD_START_MS + warmUpMs + 2 * turns * (TURN_MS + CHANGE_MS)
  const sent = await sendMessages(fleet, Math.ceil((forMs * MESSAGES_PER_SECOND) / 1_000))
  const arrival = startReceipts(fleet, receiptsOf(sent))
  try {
    const measured = await driveInTurns(
      call,
      {
        callers: CALLERS,
        warmUpMs: HEAD_START_MS + warmUpMs,
        turns,
        turnMs: TURN_MS,
        changeMs: CHANGE_MS,
        change: (way) => (way === 0 ? arrival.resume() : arrival.pause()),
        readUsage,
      },
      signal,
    )
    const arrived = arrival.stop()
    await waitForEvents(fleet)
    await checkStored(fleet, arrived)
    return measured
  } finally {
    arrival.stop()
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

/** Hands each receipt to the intake at its time; a pause delays the times after it. `stop` returns those that arrived. */
function startReceipts(
  fleet: Fleet,
  receipts: readonly Receipt[],
): { pause(): void; resume(): void; stop(): readonly Receipt[] } {
  const call = callOf(fleet)
  let next = 0
  let passedMs = 0
  let isPaused = false
  let tickedAt = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    if (!isPaused) passedMs += now - tickedAt
    tickedAt = now
    for (let due = receipts[next]; due && due.atMs <= passedMs; due = receipts[++next]) {
      const body = Buffer.from(bodyOf(due))
      const json: unknown = JSON.parse(body.toString())
      const event = readWebhookEvent(json)
      if (event) receiveWebhook(call, DEFAULT_SERVER, 'instance_webhook', { event, json, body })
    }
  }, TICK_MS)
  return {
    pause() {
      isPaused = true
    },
    resume() {
      isPaused = false
    },
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
