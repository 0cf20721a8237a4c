import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { limitReads } from '../ground/limit-reads.ts'
import { createSubscriptions } from '../ground/subscriptions.ts'
import { createWaiters } from '../ground/waiters.ts'
import type { SeenPools } from '../instance/in-pools.ts'
import { type ChangePosition, cursorOf, parseCursor, placeOf, positionAt } from './change-cursor.ts'
import { isOfPools, type Message } from './message.ts'
import { readChangesAfter } from './read-changes.ts'
import { readMessagesOf } from './read-messages-of.ts'
import { tailChanges } from './tail-changes.ts'

/** Changes that a subscriber takes from memory, or from the table when it is far behind, in one go. */
const PAGE = 100

/** A change of a message: its id, after which a subscriber resumes, and the message as it was when the change was read. */
export type MessageChange = { id: string; message: Message }

/** What happens to the messages that zapfleet sends, live. */
export type MessageFeed = {
  /**
   * Every change after `lastEventId`, or from now on without one, in the order of the commits, at most half a second late. It continues
   * through restarts of the database, loses nothing that is stored (7 days), and ends when `signal` is aborted or the fleet is closed. A
   * slow subscriber costs no memory: it reads the table from its position. With `pools`, the messages of these alone.
   *
   * @throws FleetError INVALID_INPUT when `lastEventId` is no id of this stream; DATABASE_UNAVAILABLE; OVERLOADED when the fleet is being
   * closed
   */
  subscribe(
    input: { lastEventId?: string | null | undefined; pools?: SeenPools },
    signal: AbortSignal,
  ): Promise<AsyncIterable<MessageChange>>
  /** Ends every subscription. */
  close(): Promise<void>
}

/** The feed of a process. It uses the database only while it has subscribers. */
export function openMessageFeed(ground: Ground): MessageFeed {
  const waiters = createWaiters()
  const tail = tailChanges(ground, waiters)
  const readFarBehind = limitReads()
  const subscriptions = createSubscriptions()

  /** The next stored changes of messages after a position, and up to where the table was read for them. */
  const readPage = async (cursor: bigint) => {
    const changes = await readChangesAfter(ground, positionAt(cursor), PAGE)
    const last = changes.at(-1)
    return {
      events: await readMessagesOf(ground, changes),
      // Nothing is left in the table before the ring.
      upTo: last === undefined ? tail.ring().floor() : placeOf(last.position),
    }
  }

  async function* follow(
    begin: bigint,
    pools: SeenPools,
    signal: AbortSignal,
  ): AsyncGenerator<MessageChange, void> {
    let cursor = begin
    while (!signal.aborted) {
      const near = tail.ring().after(cursor, PAGE)
      if (near !== null && near.length === 0) {
        await waiters.wait(signal)
        continue
      }
      const far = near === null ? await readFarBehind(signal, () => readPage(cursor)) : null
      for (const { id, event } of near ?? far?.events ?? []) {
        if (signal.aborted) return
        cursor = id
        if (isOfPools(event, pools)) yield { id: cursorOf(positionAt(id)), message: event }
      }
      if (far !== null && far.upTo > cursor) cursor = far.upTo
    }
  }

  return {
    subscribe: ({ lastEventId, pools }, callerSignal) =>
      subscriptions.open(callerSignal, async (signal) => {
        const since = lastEventId == null ? null : readCursor(lastEventId)
        signal.addEventListener('abort', tail.join())
        await tail.freshen()
        if (since !== null && since.xid >= tail.nextXid()) throw neverHandedOut(since)
        return follow(since === null ? tail.ring().newest() : placeOf(since), pools, signal)
      }),
    async close() {
      subscriptions.close()
      await tail.close()
    },
  }
}

function readCursor(lastEventId: string): ChangePosition {
  const position = parseCursor(lastEventId)
  if (position !== null) return position
  const shown = JSON.stringify(lastEventId.slice(0, 50))
  throw new FleetError(
    'INVALID_INPUT',
    `lastEventId: expected the id of an event of this stream, such as "7041-12", got ${shown}.`,
  )
}

function neverHandedOut(position: ChangePosition): FleetError {
  return new FleetError(
    'INVALID_INPUT',
    `lastEventId: no event of this fleet has had the id ${cursorOf(position)} yet. Subscribe without it, and read message.get.`,
  )
}
