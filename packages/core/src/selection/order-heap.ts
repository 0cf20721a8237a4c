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
  const items: Item[] = []
  const places = new Map<Item, number>()

  const put = (item: Item, place: number): void => {
    items[place] = item
    places.set(item, place)
  }
  const rise = (item: Item, from: number): number => {
    let place = from
    while (place > 0) {
      const above = (place - 1) >> 1
      const parent = items[above] as Item
      if (order(item, parent) >= 0) break
      put(parent, place)
      place = above
    }
    put(item, place)
    return place
  }
  const sink = (item: Item, from: number): void => {
    let place = from
    for (;;) {
      let below = place * 2 + 1
      if (below >= items.length) break
      if (below + 1 < items.length && order(items[below + 1] as Item, items[below] as Item) < 0) below++
      const child = items[below] as Item
      if (order(item, child) <= 0) break
      put(child, place)
      place = below
    }
    put(item, place)
  }
  const restore = (item: Item, place: number): void => {
    if (rise(item, place) === place) sink(item, place)
  }

  return {
    first: () => items[0],
    has: (item) => places.has(item),
    add(item) {
      if (!places.has(item)) rise(item, items.length)
    },
    remove(item) {
      const place = places.get(item)
      if (place === undefined) return
      places.delete(item)
      const last = items.pop() as Item
      if (last !== item) restore(last, place)
    },
    moved(item) {
      const place = places.get(item)
      if (place !== undefined) restore(item, place)
    },
  }
}
