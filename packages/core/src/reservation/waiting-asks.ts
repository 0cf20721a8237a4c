import { FleetError } from '../fleet/fleet-error.ts'
import type { Ask, Reservation } from './ask.ts'
import { mayShareBatch } from './rank.ts'

/** The asks of this process that have no answer yet: a bounded queue, and the batch in flight. */
export type WaitingAsks = {
  size(): number
  /** Refuses with OVERLOADED at once when too many wait. */
  add(ask: Ask): void
  /** Puts asks that were not granted first in the next batch. */
  putBack(asks: readonly Ask[]): void
  /** Takes the next batch; it stays under the deadline's watch until the next is taken. */
  takeBatch(): Ask[]
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

export function waitingAsks(maxWaiting: number, maxBatch: number): WaitingAsks {
  let waiting: Ask[] = []
  let inFlight: readonly Ask[] = []
  let watch: NodeJS.Timeout | undefined

  /** Nobody waits past the deadline. One timer for all: a timer each would cost more than the claim. */
  const look = (): void => {
    const now = performance.now()
    let open = 0
    for (const list of [inFlight, waiting]) {
      for (const ask of list) {
        if (ask.answered) continue
        if (ask.deadlineMs > now) open++
        else {
          reject(
            ask,
            new FleetError(
              'OVERLOADED',
              'No answer before the deadline of this call. Try again; with an idempotencyKey a repeated reserve is counted once.',
            ),
          )
        }
      }
    }
    if (open === 0) stopWatch()
  }
  const stopWatch = (): void => {
    clearInterval(watch)
    watch = undefined
  }

  return {
    size: () => waiting.length,
    add(ask) {
      if (waiting.length >= maxWaiting) {
        reject(
          ask,
          new FleetError('OVERLOADED', `More than ${maxWaiting} calls are waiting. Try again in a moment.`),
        )
        return
      }
      waiting.push(ask)
      watch ??= setInterval(look, WATCH_EVERY_MS)
    },
    putBack(asks) {
      if (asks.length > 0) waiting = asks.concat(waiting)
    },
    takeBatch() {
      const batch: Ask[] = []
      const keys = new Set<string>()
      const contacts = new Map<string, Ask>()
      const rest: Ask[] = []
      let next = 0
      for (; next < waiting.length && batch.length < maxBatch; next++) {
        const ask = waiting[next] as Ask
        if (ask.answered) continue
        // One ask a key; one contact twice only where both will get the same number.
        const same = ask.contact === null ? undefined : contacts.get(ask.contact)
        if ((ask.key !== null && keys.has(ask.key)) || (same && !mayShareBatch(same, ask))) {
          rest.push(ask)
          continue
        }
        if (ask.contact !== null && !same) contacts.set(ask.contact, ask)
        if (ask.key !== null) keys.add(ask.key)
        batch.push(ask)
      }
      waiting = rest.concat(waiting.slice(next))
      inFlight = batch
      return batch
    },
    rejectAll(error) {
      for (const ask of waiting) reject(ask, error)
      waiting = []
    },
    stopWatch,
  }
}
