import { FleetError } from '../ground/fleet-error.ts'
import type { PendingReserve } from './pending-reserve.ts'
import { mayGoTogether, mayShareBatch } from './rank.ts'
import type { Reservation } from './reservation.ts'

/** The reserves of this process without an answer: a bounded queue, and a timer for every deadline. */
export type ReserveQueue = {
  /** How many wait for a batch. */
  size(): number
  /** Refuses with OVERLOADED at once when too many wait. */
  add(reserve: PendingReserve): void
  /** Puts reserves that were not granted first in the next batch. */
  putBack(reserves: readonly PendingReserve[]): void
  /** Takes up to `max` from the front; those that must `wait` for a claim in flight stay. */
  takeBatch(max: number, wait: (reserve: PendingReserve) => boolean): PendingReserve[]
  /** Answers a reserve unless it is answered. */
  resolve(reserve: PendingReserve, reservation: Reservation): void
  /** Refuses a reserve unless it is answered. */
  reject(reserve: PendingReserve, error: FleetError): void
  /** Refuses all that wait. */
  rejectAll(error: FleetError): void
  stopWatch(): void
}

const WATCH_EVERY_MS = 50

/** An empty queue for at most `maxWaiting` reserves. */
export function reserveQueue(maxWaiting: number): ReserveQueue {
  let waiting: PendingReserve[] = []
  /**
   * Every reserve without an answer, in the queue or in flight, each at its `place`. Not a Set: from time to time V8 gives a Set a new table, and
   * the old table refers to the new one. One old table thus keeps all later reserves until the next full garbage collection.
   */
  const open: PendingReserve[] = []
  let watch: NodeJS.Timeout | undefined

  const close = (reserve: PendingReserve): boolean => {
    if (reserve.isAnswered) return false
    reserve.isAnswered = true
    const last = open.at(-1)
    // One that was never added is in no place.
    if (last === undefined || open[reserve.place] !== reserve) return true
    open[reserve.place] = last
    last.place = reserve.place
    open.pop()
    return true
  }
  const reject = (reserve: PendingReserve, error: FleetError): void => {
    if (close(reserve)) reserve.reject(error)
  }

  /** Refuses reserves past their deadline. One timer for all: a timer each would cost more than a claim. */
  const look = (): void => {
    const now = performance.now()
    for (const reserve of [...open]) {
      if (reserve.deadlineMs <= now) {
        const message =
          'No answer before the deadline of this call. Try again; with an idempotencyKey a repeated reserve is counted once.'
        reject(reserve, new FleetError('OVERLOADED', message))
      }
    }
    if (open.length === 0) stopWatch()
  }
  const stopWatch = (): void => {
    clearInterval(watch)
    watch = undefined
  }

  return {
    size: () => waiting.length,
    add(reserve) {
      if (waiting.length >= maxWaiting) {
        const message = `More than ${maxWaiting} calls are waiting. Try again in a moment.`
        return reject(reserve, new FleetError('OVERLOADED', message))
      }
      waiting.push(reserve)
      reserve.place = open.push(reserve) - 1
      watch ??= setInterval(look, WATCH_EVERY_MS)
    },
    putBack(reserves) {
      if (reserves.length > 0) waiting = reserves.concat(waiting)
    },
    takeBatch(max, wait) {
      const batch: PendingReserve[] = []
      const keys = new Set<string>()
      const contacts = new Map<string, PendingReserve>()
      const rest: PendingReserve[] = []
      let next = 0
      for (; next < waiting.length && batch.length < max; next++) {
        const reserve = waiting[next] as PendingReserve
        if (reserve.isAnswered) continue
        // Those with a pool apart from those without; one reserve a key; one contact twice only where both will get the same number; a failed one alone.
        const same = reserve.contact === null ? undefined : contacts.get(reserve.contact)
        const alone = reserve.goesAlone && batch.length > 0
        if (
          alone ||
          wait(reserve) ||
          (batch[0] !== undefined && !mayGoTogether(batch[0], reserve)) ||
          (reserve.idempotencyKey !== null && keys.has(reserve.idempotencyKey)) ||
          (same && !mayShareBatch(same, reserve))
        ) {
          rest.push(reserve)
          continue
        }
        if (reserve.contact !== null && !same) contacts.set(reserve.contact, reserve)
        if (reserve.idempotencyKey !== null) keys.add(reserve.idempotencyKey)
        batch.push(reserve)
        if (reserve.goesAlone) {
          next++
          break
        }
      }
      waiting = rest.concat(waiting.slice(next))
      return batch
    },
    resolve(reserve, reservation) {
      if (close(reserve)) reserve.resolve(reservation)
    },
    reject,
    rejectAll(error) {
      for (const reserve of waiting) reject(reserve, error)
      waiting = []
    },
    stopWatch,
  }
}
