import type { Seen } from '../selection/pool.ts'
import type { Ask } from './pending-reserve.ts'
import type { Pick } from './rank.ts'

/** The claims that are under way, and what they keep undecided. */
export type Flights = {
  /** Seats asked for on each instance. */
  readonly seats: ReadonlyMap<string, number>
  count(): number
  start(picks: readonly Pick[]): void
  end(picks: readonly Pick[]): void
  /** An ask of a contact that is being moved, or with a key that is being used, waits: its ranking would be out of date. */
  holdsUp(ask: Ask): boolean
  /** What a claim found, with the seats that others still ask for counted as taken. */
  withSeats(seen: Iterable<Seen>): Iterable<Seen>
}

export function flights(): Flights {
  const seats = new Map<string, number>()
  const moving = new Set<string>()
  const keys = new Set<string>()
  let count = 0
  return {
    seats,
    count: () => count,
    start(picks) {
      count++
      for (const { ask, instance, moves } of picks) {
        seats.set(instance, (seats.get(instance) ?? 0) + 1)
        if (moves && ask.contact !== null) moving.add(ask.contact)
        if (ask.key !== null) keys.add(ask.key)
      }
    },
    end(picks) {
      count--
      for (const { ask, instance, moves } of picks) {
        const left = (seats.get(instance) ?? 0) - 1
        if (left > 0) seats.set(instance, left)
        else seats.delete(instance)
        if (moves && ask.contact !== null) moving.delete(ask.contact)
        if (ask.key !== null) keys.delete(ask.key)
      }
    },
    holdsUp: (ask) =>
      (ask.contact !== null && moving.has(ask.contact)) || (ask.key !== null && keys.has(ask.key)),
    *withSeats(seen) {
      for (const one of seen) {
        const others = seats.get(one.name) ?? 0
        yield others === 0
          ? one
          : { ...one, sentThisHour: one.sentThisHour + others, sentToday: one.sentToday + others }
      }
    },
  }
}
