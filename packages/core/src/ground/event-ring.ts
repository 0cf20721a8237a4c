/** An event with its place in the order as a number. */
export type Numbered<Event> = { id: bigint; event: Event }

/**
 * The last events in memory, in the order of their ids, without a gap. Its size is fixed: a subscriber that is behind its
 * oldest event reads the table.
 */
export type EventRing<Event> = {
  /** The newest id in it; the next reading of the table begins after it. */
  newest(): bigint
  /** Every event above this id is in the ring. */
  floor(): bigint
  /** Appends events with growing ids above `newest`. */
  append(events: readonly Numbered<Event>[]): void
  /** Up to `limit` events after an id; null when events right after it may have left the ring. */
  after(id: bigint, limit: number): readonly Numbered<Event>[] | null
}

/** @param floor events up to and with this id are not in it; @param capacity how many are kept */
export function eventRing<Event>(floor: bigint, capacity: number): EventRing<Event> {
  const slots: Numbered<Event>[] = []
  /** Where the oldest lies, once the ring is full. */
  let start = 0
  let lowest = floor
  const at = (place: number): Numbered<Event> => slots[(start + place) % slots.length] as Numbered<Event>
  const newest = (): bigint => (slots.length === 0 ? lowest : at(slots.length - 1).id)

  return {
    newest,
    floor: () => lowest,
    append(events) {
      for (const one of events) {
        if (one.id <= newest()) throw new RangeError(`event ${one.id} comes after ${newest()}`)
        if (slots.length < capacity) {
          slots.push(one)
          continue
        }
        lowest = at(0).id
        slots[start] = one
        start = (start + 1) % capacity
      }
    },
    after(id, limit) {
      if (id < lowest) return null
      let low = 0
      let high = slots.length
      while (low < high) {
        const middle = (low + high) >>> 1
        if (at(middle).id > id) high = middle
        else low = middle + 1
      }
      const count = Math.min(limit, slots.length - low)
      return Array.from({ length: count }, (_, place) => at(low + place))
    },
  }
}
