import { randomUUID } from 'node:crypto'
import pLimit, { type LimitFunction } from 'p-limit'
import { batchCalls } from '../ground/batch-calls.ts'
import type { Ground } from '../ground/ground.ts'
import { repeatUndone } from '../ground/repeat-undone.ts'
import type { Statement } from '../ground/statement.ts'
import type { SeenPools } from '../instance/in-pools.ts'
import type { MessageContent, MessageRow } from './message.ts'
import {
  endTries,
  giveLanesBack,
  readContent,
  readHeads,
  readQueue,
  renewLanes,
  type StartOutcome,
  type StoredRow,
  startMessages,
  storeMessages,
  takeLanes,
} from './message-sql.ts'
import { createSendPlaces, type SendPlaces } from './send-places.ts'

/** A message to store. */
export type NewMessage = {
  id: string
  recipient: string
  /** The key of the contact as it was written, and that, where it is not its key. */
  written_key: string
  written_as: string | null
  pool: string | null
  content: MessageContent
  content_bytes: number
  options: MessageRow['options']
  owner: string | null
  idempotency_key: string | null
  input_hash: string | null
  send_at: Date | null
  /** Seconds from the moment at which it is due. */
  valid_s: number
}

/** A lane that this process holds. */
export type Lane = { contactId: string; token: string }

/** The first message of a lane at a moment, with its content; null where none is left. `version` is that of the lane; `isOnly`: it has no other message. */
export type Head = { version: number; at: Date; message: HeadMessage | null; isOnly: boolean }

export type HeadMessage = MessageRow & {
  /** Null where it is large, see `content`. */
  content: MessageContent | null
  tries: number
  sending_at: string | null
  owner: string | null
}

/** How a lane is given back: it is empty, or it is tried again after so long or at a moment. `version`: unless a message was added since. */
export type LaneEnd = { version: number } | { retryMs: number } | { retryAt: Date; version: number }

/** How a try ended, see `endTries`. */
export type TryEnd = {
  id: string
  reservation_id: string | null
  to_state: 'sent' | 'sending' | 'queued' | 'failed' | 'expired'
  result: string | null
  message_id: string | null
  error: string | null
}

type Started = {
  id: string
  contact_id: string
  token: string
  reservation_id: string
  instance_name: string
  kind: string | null
}

export type Queue = {
  queued: number
  sending: number
  scheduled: number
  oldestAt: Date | null
  bytes: number
}

/** The tables of messages, as one process uses them. Calls that come together share a statement. */
export type MessageStore = {
  /** @returns null where the idempotency key is stored already */
  store(message: NewMessage): Promise<StoredRow | null>
  /** Takes lanes that are due; `aheadS`: also those that wait so much longer; `newest`: so many of those that became due last. */
  take(count: number, aheadS: number, newest?: number): Promise<Lane[]>
  /** Of a lane that this process holds; its lease is renewed until `giveBack`. */
  hold(lane: Lane): void
  /** Another process has taken it. */
  drop(lane: Lane): void
  head(contactId: string): Promise<Head>
  /** Reads the content of a message; null where the message has ended. */
  content(id: string): Promise<MessageContent | null>
  /** Runs sends of large content, a few at a time. */
  readonly largeSends: LimitFunction
  /** See `startMessages`. */
  start(started: Started): Promise<StartOutcome>
  /** @returns the message as it is now; null where it has ended otherwise */
  end(end: TryEnd): Promise<MessageRow | null>
  /** @returns whether the lane stays with this process, because a message was added */
  giveBack(lane: Lane, end: LaneEnd): Promise<boolean>
  /** @param pools only messages of these; all by default */
  queue(pools?: SeenPools): Promise<Queue>
  /** The sends that are in flight. */
  readonly places: SendPlaces
  /** Resolves when nothing is in flight and no lane is held. */
  idle(): Promise<void>
  /** Ends the renewal of leases, and waits for the statements in flight. What is being sent is not waited for. */
  close(): Promise<void>
}

/** Evolution sends the messages of a number one after the other; more of them in flight would only wait there. */
const SENDS_AT_ONCE = 4
/** Some 100 MB of content. */
const LARGE_SENDS_AT_ONCE = 4
const RENEW_EVERY_MS = 5_000

export function createMessageStore({ sql, clock }: Pick<Ground, 'sql' | 'clock'>): MessageStore {
  const process = randomUUID().slice(0, 13)
  const held = new Map<string, Lane>()
  let takes = 0
  let renewal: NodeJS.Timeout | undefined
  const idlers: (() => void)[] = []

  const run = <Row extends object>(text: Statement, values: unknown[]): Promise<Row[]> =>
    repeatUndone(() => sql.run<Row>(text, [clock(), ...values]))

  const stores = batchCalls<NewMessage, StoredRow | null>(async (messages) => {
    const given = JSON.stringify(messages.map((message, ord) => ({ ...message, ord })))
    const rows = await run<StoredRow>(storeMessages, [given, `${process}/`])
    const byId = new Map(rows.map((row) => [row.id, row]))
    return messages.map((message) => byId.get(message.id) ?? null)
  }, 64)
  const heads = batchCalls<string, Head>(async (contactIds) => {
    const rows = await run<{
      lane: string
      version: number
      at: Date
      head: HeadMessage | null
      is_only: boolean
    }>(readHeads, [contactIds])
    const byLane = new Map(rows.map((row) => [row.lane, row]))
    return contactIds.map((one) => {
      const row = byLane.get(one)
      return row ? { version: row.version, at: row.at, message: row.head, isOnly: row.is_only } : NO_HEAD
    })
  }, 64)
  const starts = batchCalls<Started, StartOutcome>(async (started) => {
    const rows = await run<{ id: string; outcome: StartOutcome }>(startMessages, [JSON.stringify(started)])
    const byId = new Map(rows.map((row) => [row.id, row.outcome]))
    return started.map((one) => byId.get(one.id) ?? 'lost')
  })
  const ends = batchCalls<TryEnd, MessageRow | null>(async (given) => {
    const rows = await run<MessageRow>(endTries, [JSON.stringify(given)])
    const byId = new Map(rows.map((row) => [row.id, row]))
    return given.map((one) => byId.get(one.id) ?? null)
  })
  const returns = batchCalls<{ lane: Lane; end: LaneEnd }, boolean>(async (calls) => {
    const given = calls.map(({ lane, end }) => ({
      contact_id: lane.contactId,
      token: lane.token,
      version: 'version' in end ? end.version : null,
      retry_ms: 'retryMs' in end ? end.retryMs : null,
      retry_at: 'retryAt' in end ? end.retryAt : null,
    }))
    const rows = await run<{ contact_id: string }>(giveLanesBack, [JSON.stringify(given)])
    const kept = new Set(rows.map((row) => row.contact_id))
    return calls.map(({ lane }) => kept.has(lane.contactId))
  })

  const batchesIdle = () =>
    Promise.all([stores, heads, starts, ends, returns].map((batches) => batches.idle()))

  const renew = (): void => {
    const lanes = [...held.values()]
    if (lanes.length === 0) {
      clearInterval(renewal)
      renewal = undefined
      return
    }
    const values = [lanes.map((lane) => lane.contactId), lanes.map((lane) => lane.token)]
    // A lease that ends delays its message only: another process takes the lane, and a message starts once.
    run(renewLanes, values).catch(() => {})
  }

  const drop = (lane: Lane): void => {
    held.delete(lane.token + lane.contactId)
    if (held.size === 0) for (const resolve of idlers.splice(0)) resolve()
  }

  return {
    store: stores.call,
    async take(count, aheadS, newest = 0) {
      const token = `${process}/${++takes}`
      const rows = await run<{ contact_id: string }>(takeLanes, [token, aheadS, count, newest])
      return rows.map((row) => ({ contactId: row.contact_id, token }))
    },
    hold(lane) {
      held.set(lane.token + lane.contactId, lane)
      renewal ??= setInterval(renew, RENEW_EVERY_MS).unref()
    },
    drop,
    head: heads.call,
    async content(id) {
      const [row] = await sql.run<{ content: MessageContent | null }>(readContent, [id])
      return row?.content ?? null
    },
    largeSends: pLimit(LARGE_SENDS_AT_ONCE),
    start: starts.call,
    end: ends.call,
    async giveBack(lane, end) {
      let stays = false
      try {
        stays = await returns.call({ lane, end })
      } finally {
        if (!stays) drop(lane)
      }
      return stays
    },
    async queue(pools) {
      const [row] = await run<{
        queued: number
        sending: number
        scheduled: number
        oldest_at: Date | null
        bytes: number
      }>(readQueue, [pools ?? null])
      return {
        queued: row?.queued ?? 0,
        sending: row?.sending ?? 0,
        scheduled: row?.scheduled ?? 0,
        oldestAt: row?.oldest_at ?? null,
        bytes: row?.bytes ?? 0,
      }
    },
    places: createSendPlaces(SENDS_AT_ONCE),
    async idle() {
      if (held.size > 0) await new Promise<void>((resolve) => idlers.push(resolve))
      await batchesIdle()
    },
    async close() {
      clearInterval(renewal)
      await batchesIdle()
    },
  }
}

const NO_HEAD: Head = { version: -1, at: new Date(0), message: null, isOnly: false }
