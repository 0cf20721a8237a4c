import { FleetError } from '../ground/fleet-error.ts'
import type { Ask } from './pending-reserve.ts'
import { mayShareBatch } from './rank.ts'
import type { Reservation } from './reservation.ts'

/** The asks of this process that have no answer yet: a bounded queue, and a watch over every deadline. */
export type WaitingAsks = {
  /** How many wait for a batch. */
  size(): number
  /** Refuses with OVERLOADED at once when too many wait. */
  add(ask: Ask): void
  /** Puts asks that were not granted first in the next batch. */
  putBack(asks: readonly Ask[]): void
  /** Takes up to `max` from the front; whoever must `wait` for something in flight stays. */
  takeBatch(max: number, wait: (ask: Ask) => boolean): Ask[]
  /** Refuses all that wait. */
  rejectAll(error: FleetError): void
  stopWatch(): void
}

const WATCH_EVERY_MS = 50

/** Refuses an ask unless it has its answer. */
export function reject(ask: Ask, error: FleetError): void {
  if (ask.answered) return
  ask.answered = true
  ask.reject(error)
}

/** Answers an ask unless it has its answer. */
export function resolve(ask: Ask, reservation: Reservation): void {
  if (ask.answered) return
  ask.answered = true
  ask.resolve(reservation)
}

/** An empty queue for at most `maxWaiting` asks. */
export function waitingAsks(maxWaiting: number): WaitingAsks {
  let waiting: Ask[] = []
  /** Everyone without an answer, in the queue or in flight; who has one is let go at the next look. */
  const open = new Set<Ask>()
  let watch: NodeJS.Timeout | undefined

  /** Nobody waits past the deadline. One timer for all: a timer each would cost more than a claim. */
  const look = (): void => {
    const now = performance.now()
    for (const ask of open) {
      if (!ask.answered && ask.deadlineMs <= now) {
        const message =
          'No answer before the deadline of this call. Try again; with an idempotencyKey a repeated reserve is counted once.'
        reject(ask, new FleetError('OVERLOADED', message))
      }
      if (ask.answered) open.delete(ask)
    }
    if (open.size === 0) stopWatch()
  }
  const stopWatch = (): void => {
    clearInterval(watch)
    watch = undefined
  }

  return {
    size: () => waiting.length,
    add(ask) {
      if (waiting.length >= maxWaiting) {
        const message = `More than ${maxWaiting} calls are waiting. Try again in a moment.`
        return reject(ask, new FleetError('OVERLOADED', message))
      }
      waiting.push(ask)
      open.add(ask)
      watch ??= setInterval(look, WATCH_EVERY_MS)
    },
    putBack(asks) {
      if (asks.length > 0) waiting = asks.concat(waiting)
    },
    takeBatch(max, wait) {
      const batch: Ask[] = []
      const keys = new Set<string>()
      const contacts = new Map<string, Ask>()
      const rest: Ask[] = []
      let next = 0
      for (; next < waiting.length && batch.length < max; next++) {
        const ask = waiting[next] as Ask
        if (ask.answered) continue
        // One ask a key; one contact twice only where both will get the same number; a spoilt one alone.
        const same = ask.contact === null ? undefined : contacts.get(ask.contact)
        const alone = ask.alone && batch.length > 0
        if (
          alone ||
          wait(ask) ||
          (ask.key !== null && keys.has(ask.key)) ||
          (same && !mayShareBatch(same, ask))
        ) {
          rest.push(ask)
          continue
        }
        if (ask.contact !== null && !same) contacts.set(ask.contact, ask)
        if (ask.key !== null) keys.add(ask.key)
        batch.push(ask)
        if (ask.alone) {
          next++
          break
        }
      }
      waiting = rest.concat(waiting.slice(next))
      return batch
    },
    rejectAll(error) {
      for (const ask of waiting) reject(ask, error)
      waiting = []
    },
    stopWatch,
  }
}
