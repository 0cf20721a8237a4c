/** A binary heap of distinct items with the position of each one, so that one whose key changed can be moved. */
export type OrderHeap<Item> = {
  first(): Item | undefined
  has(item: Item): boolean
  add(item: Item): void
  remove(item: Item): void
  /** Call after the keys of an item changed. */
  moved(item: Item): void
}

/** `order` is negative when `a` is before `b`. Every operation but `first` is O(log n). */
export function orderHeap<Item>(order: (a: Item, b: Item) => number): OrderHeap<Item> {
  /** An item and its index. */
  type Entry = { readonly item: Item; place: number }
  const heap: Entry[] = []
  const entries = new Map<Item, Entry>()

  const put = (entry: Entry, place: number): void => {
    heap[place] = entry
    entry.place = place
  }
  const rise = (entry: Entry): void => {
    let { place } = entry
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = heap[above] as Entry
      if (order(entry.item, parent.item) >= 0) break
      put(parent, place)
      place = above
    }
    put(entry, place)
  }
  const sink = (entry: Entry): void => {
    let { place } = entry
    for (;;) {
      let below = place * 2 + 1
      if (below >= heap.length) break
      let child = heap[below] as Entry
      const next = heap[below + 1]
      if (next !== undefined && order(next.item, child.item) < 0) {
        below++
        child = next
      }
      if (order(entry.item, child.item) <= 0) break
      put(child, place)
      place = below
    }
    put(entry, place)
  }
  const restore = (entry: Entry): void => {
    const { place } = entry
    rise(entry)
    if (entry.place === place) sink(entry)
  }

  return {
    first: () => heap[0]?.item,
    has: (item) => entries.has(item),
    add(item) {
      if (entries.has(item)) return
      const entry = { item, place: heap.length }
      entries.set(item, entry)
      rise(entry)
    },
    remove(item) {
      const entry = entries.get(item)
      if (entry === undefined) return
      entries.delete(item)
      const last = heap.pop() as Entry
      if (last === entry) return
      put(last, entry.place)
      restore(last)
    },
    moved(item) {
      const entry = entries.get(item)
      if (entry !== undefined) restore(entry)
    },
  }
}
