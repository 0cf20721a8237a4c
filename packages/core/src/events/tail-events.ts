import type { Log } from '../ground/log.ts'
import type { Database } from '../ground/open-database.ts'
import { type EventRing, eventRing } from './event-ring.ts'
import { type Ear, hearNotifications } from './listen-for-notifications.ts'
import { readEventsAfter, readLastEvents } from './read-events.ts'
import type { Bell } from './waiters.ts'

/** Some 1 MB of memory, and minutes of a busy fleet: who reconnects after a deployment costs no query. */
const KEPT_EVENTS = 1_000
const PAGE = 500
/** How often the table is looked at while notifications are heard: only a precaution. */
const HEARING_POLL_MS = 10_000
/** The same while none can be heard. */
const DEAF_POLL_MS = 1_000

/** The newest events of the table in memory: one reader for all subscribers of a process. */
export type Tail = {
  /** Empty and at 0 before the first `freshen`. */
  ring(): EventRing
  /** Reads what was committed before the call; callers that meet share one reading. Throws what the database throws. */
  freshen(): Promise<void>
  close(): Promise<void>
}

/**
 * Follows `zapfleet.events` from its first `freshen` on, by notification or by polling, through restarts of the database,
 * and rings the bell for what is new.
 *
 * @param directUrl where to listen; null: nowhere, only polling
 */
export function tailEvents(parts: {
  sql: Database
  timeZone: string
  log: Log
  directUrl: string | null
  bell: Bell
}): Tail {
  const { sql, timeZone, log, bell } = parts
  let ring: EventRing = eventRing(0n, KEPT_EVENTS)
  let loaded = false
  let ear: Ear | null = null
  let closed = false
  let notices = 0
  let poll: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let following: Promise<void> | null = null
  let failing = false

  const read = async (): Promise<void> => {
    if (!loaded) {
      const last = await readLastEvents(sql, timeZone, KEPT_EVENTS)
      const [oldest] = last
      ring = eventRing(last.length === KEPT_EVENTS && oldest ? oldest.id - 1n : 0n, KEPT_EVENTS)
      ring.append(last)
      loaded = true
      return
    }
    for (;;) {
      const page = await readEventsAfter(sql, timeZone, ring.newest(), PAGE)
      ring.append(page)
      if (page.length > 0) bell.ring()
      if (page.length < PAGE) return
    }
  }

  const run = (): Promise<void> => {
    running = read().then(
      () => {
        running = null
        if (failing) log.info({}, 'events are read again')
        failing = false
      },
      (error) => {
        running = null
        if (!failing) log.warn({ error: String(error) }, 'events could not be read; subscribers wait')
        failing = true
        throw error
      },
    )
    return running
  }

  const freshen = (): Promise<void> => {
    start()
    if (running === null) return run()
    // The one under way may have read before what the caller wants to see.
    following ??= running
      .catch(() => {})
      .then(() => {
        following = null
        return run()
      })
    return following
  }

  const look = async (): Promise<void> => {
    const before = { newest: ring.newest(), notices }
    await freshen().catch(() => {})
    const unheard = loaded && ring.newest() > before.newest && notices === before.notices
    if (unheard) ear?.doubt()
    schedule()
  }

  const schedule = (): void => {
    if (closed) return
    poll = setTimeout(look, ear?.hears() && !failing ? HEARING_POLL_MS : DEAF_POLL_MS).unref()
  }

  const start = (): void => {
    if (poll !== undefined || closed) return
    schedule()
    if (parts.directUrl === null) return
    ear = hearNotifications({
      directUrl: parts.directUrl,
      sql,
      log,
      onNotice() {
        notices++
        freshen().catch(() => {})
      },
    })
  }

  return {
    ring: () => ring,
    freshen,
    async close() {
      closed = true
      clearTimeout(poll)
      await ear?.close()
      await Promise.allSettled([running, following])
    },
  }
}
