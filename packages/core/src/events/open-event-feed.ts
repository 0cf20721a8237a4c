import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { limitReads } from '../ground/limit-reads.ts'
import type { Notifications } from '../ground/open-notifications.ts'
import { createSubscriptions } from '../ground/subscriptions.ts'
import { createWaiters } from '../ground/waiters.ts'
import type { SeenPools } from '../instance/in-pools.ts'
import { type FleetEvent, parseEventId } from './event.ts'
import { type EventView, poolView, wholeView } from './pool-view.ts'
import { readEventsAfter, readHighestId } from './read-events.ts'
import { readShown } from './read-shown.ts'
import { type CounterChanges, sampleCounters } from './sample-counters.ts'
import { tailEvents } from './tail-events.ts'

/** Events that a subscriber takes from memory, or from the table when it is far behind, in one go. */
const PAGE = 100

/** What happens to the fleet, live. */
export type EventFeed = {
  /**
   * Every change after `lastEventId`, or from now on without one, in the order of the commits, and between them at most once
   * a second the counters that changed (for a subscriber that resumes: first those of all instances). It continues through
   * restarts of the database, loses nothing, and ends when `signal` is aborted or the fleet is closed. A slow subscriber
   * costs no memory: it reads the table from its position.
   *
   * Where events after `lastEventId` are pruned already, it begins with the oldest that is left: a subscriber that was away
   * for weeks reads `instance.list` first.
   *
   * With `pools`, only what concerns the instances of these: see `poolView`.
   *
   * @throws FleetError INVALID_INPUT when `lastEventId` is no id of this fleet's events; DATABASE_UNAVAILABLE; OVERLOADED
   * when the fleet is being closed
   */
  subscribe(
    input: { lastEventId?: string | null | undefined; pools?: SeenPools },
    signal: AbortSignal,
  ): Promise<AsyncIterable<FleetEvent>>
  /** Ends every subscription. */
  close(): Promise<void>
}

/**
 * The feed of a process. It uses the database only from the first subscription on: then one reader serves all subscribers. While
 * no notifications arrive, the table is read every second.
 */
export function openEventFeed(ground: Ground, notifications: Notifications): EventFeed {
  const waiters = createWaiters()
  const tail = tailEvents(ground, notifications, waiters)
  const sampler = sampleCounters(ground, waiters)
  const readFarBehind = limitReads()
  const subscriptions = createSubscriptions()

  /** The counters for a subscriber; null when events have to be sent first, or nothing can be read. */
  const askCounters = async (
    seen: number,
    cursor: bigint,
    signal: AbortSignal,
  ): Promise<CounterChanges | null> => {
    try {
      const changes = await sampler.since(seen, cursor)
      if (changes.eventId === null || changes.eventId <= cursor) return changes
      // These instances show events that are not sent yet. Those would take counters back if they were sent afterwards.
      await tail.freshen()
    } catch {
      // The next sample wakes it again.
      await waiters.wait(signal)
    }
    return null
  }

  async function* follow(
    begin: { cursor: bigint; seen: number },
    view: EventView,
    signal: AbortSignal,
  ): AsyncGenerator<FleetEvent, void> {
    let { cursor, seen } = begin
    while (!signal.aborted) {
      const near = tail.ring().after(cursor, PAGE)
      const page = near ?? (await readFarBehind(signal, () => readEventsAfter(ground, cursor, PAGE))) ?? []
      for (const { id, event } of page) {
        if (signal.aborted) return
        cursor = id
        yield* view(event, String(id))
      }
      if (page.length > 0) continue
      if (near === null) {
        // The events between were pruned.
        const floor = tail.ring().floor()
        if (floor > cursor) cursor = floor
        continue
      }
      if (!sampler.hasMoved(seen)) {
        await waiters.wait(signal)
        continue
      }
      const changes = await askCounters(seen, cursor, signal)
      if (changes === null || signal.aborted) continue
      seen = changes.upTo
      if (changes.instances.length === 0) continue
      yield* view({ type: 'counters', instances: [...changes.instances] }, String(cursor))
    }
  }

  return {
    subscribe: ({ lastEventId, pools }, callerSignal) =>
      subscriptions.open(callerSignal, async (signal) => {
        const since = lastEventId == null ? null : readCursor(lastEventId)
        signal.addEventListener('abort', sampler.join())
        // Before the newest event is read: an instance that leaves meanwhile is removed by its next event.
        const view: EventView =
          pools === undefined ? wholeView : poolView(pools, await readShown(ground, pools, since))
        await Promise.all([tail.freshen(), sampler.ready()])
        if (since !== null && since > tail.ring().newest()) {
          const highest = await readHighestId(ground)
          if (since > highest) throw neverHandedOut(since)
        }
        const begin =
          since === null
            ? { cursor: tail.ring().newest(), seen: sampler.present() }
            : { cursor: since, seen: 0 }
        return follow(begin, view, signal)
      }),
    async close() {
      subscriptions.close()
      await tail.close()
    },
  }
}

function readCursor(lastEventId: string): bigint {
  const id = parseEventId(lastEventId)
  if (id !== null) return id
  const shown = JSON.stringify(lastEventId.slice(0, 40))
  throw new FleetError(
    'INVALID_INPUT',
    `lastEventId: expected the id of an event of this stream, such as "42", got ${shown}.`,
  )
}

function neverHandedOut(id: bigint): FleetError {
  return new FleetError(
    'INVALID_INPUT',
    `lastEventId: no event of this fleet has had the id ${id} yet. Subscribe without it, and read instance.list.`,
  )
}
