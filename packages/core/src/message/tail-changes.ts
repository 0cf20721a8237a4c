import { coalesceRuns } from '../ground/coalesce-runs.ts'
import { driverMessage } from '../ground/database-error.ts'
import { type EventRing, eventRing } from '../ground/event-ring.ts'
import type { Ground } from '../ground/ground.ts'
import type { Waiters } from '../ground/waiters.ts'
import { type ChangePosition, placeOf } from './change-cursor.ts'
import type { Message } from './message.ts'
import { readChangesAfter, readPresentPosition } from './read-changes.ts'
import { readMessagesOf } from './read-messages-of.ts'

/** Some MB of memory: a subscriber that reconnects after a deployment costs no query. */
const KEPT_CHANGES = 1_000
const PAGE = 500
const POLL_MS = 400

/** The newest changes of messages in memory: one reader for all subscribers of a process. */
export type ChangesTail = {
  /** Empty and at 0 before the first `freshen`. */
  ring(): EventRing<Message>
  /** Reads what was committed before the call; concurrent calls share one reading. @throws FleetError DATABASE_UNAVAILABLE */
  freshen(): Promise<void>
  /** Keeps the polling going until `leave`, which may be called more than once. */
  join(): () => void
  /** No event has an id of this transaction or a later one yet. */
  nextXid(): bigint
  close(): Promise<void>
}

/** Follows `zapfleet.message_changes` while there are subscribers, and wakes the waiters for new changes. */
export function tailChanges(ground: Ground, waiters: Waiters): ChangesTail {
  const { log } = ground
  const readings = coalesceRuns<void>()
  let ring: EventRing<Message> = eventRing(0n, KEPT_CHANGES)
  /** Up to where the table was read. */
  let position: ChangePosition = { xid: 0n, seq: 0n }
  /** Changes were not read for a while, so that the ring begins again at the present. */
  let hasGap = true
  let next = 0n
  let joined = 0
  let closed = false
  let failing = false
  let poll: NodeJS.Timeout | undefined

  const read = async (): Promise<void> => {
    const present = await readPresentPosition(ground)
    next = present.nextXid
    if (hasGap) {
      position = present.position
      hasGap = false
      ring = eventRing(placeOf(position), KEPT_CHANGES)
    }
    for (;;) {
      const changes = await readChangesAfter(ground, position, PAGE)
      const events = await readMessagesOf(ground, changes)
      position = changes.at(-1)?.position ?? position
      ring.append(events)
      if (events.length > 0) waiters.wakeAll()
      if (changes.length < PAGE) return
    }
  }

  const run = async (): Promise<void> => {
    try {
      await read()
    } catch (error) {
      if (!failing)
        log.warn({ error: driverMessage(error) }, 'changes of messages could not be read; subscribers wait')
      failing = true
      throw error
    }
    if (failing) log.info({}, 'changes of messages are read again')
    failing = false
  }

  const freshen = (): Promise<void> => readings.run(run)

  const schedule = (): void => {
    if (closed || joined === 0 || poll !== undefined) return
    poll = setTimeout(async () => {
      await freshen().catch(() => {})
      poll = undefined
      if (joined > 0) schedule()
      // What happens until the next subscription is not read.
      else hasGap = true
    }, POLL_MS).unref()
  }

  return {
    ring: () => ring,
    freshen,
    join() {
      joined++
      schedule()
      let here = true
      return () => {
        if (here) joined--
        here = false
      }
    },
    nextXid: () => next,
    async close() {
      closed = true
      clearTimeout(poll)
      await readings.idle()
    },
  }
}
