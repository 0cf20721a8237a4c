import { coalesceRuns } from '../ground/coalesce-runs.ts'
import { driverMessage } from '../ground/database-error.ts'
import { type EventRing, eventRing } from '../ground/event-ring.ts'
import type { Ground } from '../ground/ground.ts'
import type { Notifications } from '../ground/open-notifications.ts'
import type { Waiters } from '../ground/waiters.ts'
import type { InstanceEvent } from './event.ts'
import { readEventsAfter, readLastEvents } from './read-events.ts'

/** Notified at each new event. */
export const EVENTS_CHANNEL = 'zapfleet_events'
/** Some 1 MB of memory, and minutes of a busy fleet: a subscriber that reconnects after a deployment costs no query. */
const KEPT_EVENTS = 1_000
const PAGE = 500
/** How often the table is read while notifications arrive: only a precaution. */
const LISTENING_POLL_MS = 10_000
/** The same while none can arrive. */
const POLL_MS = 1_000

/** The newest events of the table in memory: one reader for all subscribers of a process. */
export type Tail = {
  /** Empty and at 0 before the first `freshen`. */
  ring(): EventRing<InstanceEvent>
  /** Reads what was committed before the call; concurrent calls share one reading. @throws FleetError DATABASE_UNAVAILABLE */
  freshen(): Promise<void>
  close(): Promise<void>
}

/**
 * Follows `zapfleet.events` from its first `freshen` on, by notification or by polling, through restarts of the database,
 * and wakes the waiters for new events.
 */
export function tailEvents(ground: Ground, notifications: Notifications, waiters: Waiters): Tail {
  const { log } = ground
  const readings = coalesceRuns<void>()
  let ring: EventRing<InstanceEvent> = eventRing(0n, KEPT_EVENTS)
  let loaded = false
  let closed = false
  let notices = 0
  let poll: NodeJS.Timeout | undefined
  let failing = false

  const read = async (): Promise<void> => {
    if (!loaded) {
      const last = await readLastEvents(ground, KEPT_EVENTS)
      const [oldest] = last
      ring = eventRing(last.length === KEPT_EVENTS && oldest ? oldest.id - 1n : 0n, KEPT_EVENTS)
      ring.append(last)
      loaded = true
      return
    }
    for (;;) {
      const page = await readEventsAfter(ground, ring.newest(), PAGE)
      ring.append(page)
      if (page.length > 0) waiters.wakeAll()
      if (page.length < PAGE) return
    }
  }

  const run = async (): Promise<void> => {
    try {
      await read()
    } catch (error) {
      if (!failing) log.warn({ error: driverMessage(error) }, 'events could not be read; subscribers wait')
      failing = true
      throw error
    }
    if (failing) log.info({}, 'events are read again')
    failing = false
  }

  const freshen = (): Promise<void> => {
    start()
    return readings.run(run)
  }

  const pollOnce = async (): Promise<void> => {
    const before = { newest: ring.newest(), notices }
    await freshen().catch(() => {})
    const isMissed = loaded && ring.newest() > before.newest && notices === before.notices
    if (isMissed) notifications.verify()
    schedule()
  }

  const schedule = (): void => {
    if (closed) return
    const isListening = notifications.isListening() && !failing
    poll = setTimeout(pollOnce, isListening ? LISTENING_POLL_MS : POLL_MS).unref()
  }

  const start = (): void => {
    if (poll !== undefined || closed) return
    schedule()
    notifications.start()
  }

  notifications.on(EVENTS_CHANNEL, {
    onNotice() {
      notices++
      if (poll !== undefined && !closed) freshen().catch(() => {})
    },
  })

  return {
    ring: () => ring,
    freshen,
    async close() {
      closed = true
      clearTimeout(poll)
      await readings.idle()
    },
  }
}
