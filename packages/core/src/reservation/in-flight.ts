import type { CandidateReading } from '../selection/pool.ts'
import type { PendingReserve } from './pending-reserve.ts'
import type { Pick } from './rank.ts'

/** The claims that are under way, and what they keep undecided. */
export type InFlight = {
  /** Seats that claims request on each instance. */
  readonly seats: ReadonlyMap<string, number>
  count(): number
  start(picks: readonly Pick[]): void
  end(picks: readonly Pick[]): void
  /** A reserve of a contact that is being moved, or with a key that is being used, waits: its ranking would be out of date. */
  mustWait(reserve: PendingReserve): boolean
  /**
   * What a claim found, with the seats that other claims still request counted as taken. `lastSentAtMs`: of an instance with a gap, when its
   * last message goes out, with those seats.
   */
  withSeats(
    seen: Iterable<CandidateReading>,
    lastSentAtMs: (name: string) => number,
  ): Iterable<CandidateReading>
}

export function createInFlight(): InFlight {
  const seats = new Map<string, number>()
  /** Those of them that take room for new contacts. */
  const newSeats = new Map<string, number>()
  const moving = new Set<string>()
  const keys = new Set<string>()
  let count = 0
  return {
    seats,
    count: () => count,
    start(picks) {
      count++
      for (const { reserve, instance, moves, isNew } of picks) {
        add(seats, instance, 1)
        if (isNew) add(newSeats, instance, 1)
        if (moves && reserve.contact !== null) moving.add(reserve.contact)
        if (reserve.idempotencyKey !== null) keys.add(reserve.idempotencyKey)
      }
    },
    end(picks) {
      count--
      for (const { reserve, instance, moves, isNew } of picks) {
        add(seats, instance, -1)
        if (isNew) add(newSeats, instance, -1)
        if (moves && reserve.contact !== null) moving.delete(reserve.contact)
        if (reserve.idempotencyKey !== null) keys.delete(reserve.idempotencyKey)
      }
    },
    mustWait: (reserve) =>
      (reserve.contact !== null && moving.has(reserve.contact)) ||
      (reserve.idempotencyKey !== null && keys.has(reserve.idempotencyKey)),
    *withSeats(seen, lastSentAtMs) {
      for (const one of seen) {
        const others = seats.get(one.name) ?? 0
        if (others === 0) {
          yield one
          continue
        }
        const newContacts = newSeats.get(one.name) ?? 0
        yield {
          ...one,
          sentThisHour: one.sentThisHour + others,
          sentToday: one.sentToday + others,
          newContactsThisHour: one.newContactsThisHour + newContacts,
          newContactsToday: one.newContactsToday + newContacts,
          lastSentAtMs:
            one.minGapMs > 0 ? Math.max(one.lastSentAtMs, lastSentAtMs(one.name)) : one.lastSentAtMs,
        }
      }
    },
  }
}

function add(counts: Map<string, number>, name: string, by: 1 | -1): void {
  const next = (counts.get(name) ?? 0) + by
  if (next > 0) counts.set(name, next)
  else counts.delete(name)
}
