import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orderHeap } from '../../src/selection/order-heap.ts'

type Item = { readonly name: number; key: number }

const order = (a: Item, b: Item): number => a.key - b.key || a.name - b.name

const step = fc.record({
  act: fc.constantFrom('add', 'add', 'remove', 'move', 'take first'),
  name: fc.nat({ max: 20 }),
  key: fc.integer({ min: -5, max: 5 }),
})

describe('a heap of instances', () => {
  it('has the same first item as a sorted list, whatever is added, removed and moved', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const heap = orderHeap<Item>(order)
        const items = Array.from({ length: 21 }, (_, name): Item => ({ name, key: 0 }))
        const inside = new Set<Item>()
        for (const { act, name, key } of steps) {
          const item = items[name] as Item
          if (act === 'add') {
            if (!inside.has(item)) item.key = key
            heap.add(item)
            inside.add(item)
          } else if (act === 'remove') {
            heap.remove(item)
            inside.delete(item)
          } else if (act === 'move') {
            item.key = key
            heap.moved(item)
          } else {
            const first = heap.first()
            if (first) {
              heap.remove(first)
              inside.delete(first)
            }
          }
          expect(heap.first()).toBe([...inside].sort(order)[0])
          expect(heap.has(item)).toBe(inside.has(item))
        }
        const drained: Item[] = []
        for (let first = heap.first(); first; first = heap.first()) {
          drained.push(first)
          heap.remove(first)
        }
        expect(drained).toEqual([...inside].sort(order))
      }),
    )
  })
})
