import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type InstanceEvent, parseEventId } from '../../src/events/event.ts'
import { eventRing, type Numbered } from '../../src/ground/event-ring.ts'

const numbered = (id: number): Numbered<InstanceEvent> => ({
  id: BigInt(id),
  event: { id: String(id) } as InstanceEvent,
})
const idsAfter = (ring: ReturnType<typeof eventRing<InstanceEvent>>, id: number, limit = 1_000) =>
  ring.after(BigInt(id), limit)?.map((one) => Number(one.id)) ?? null

describe('the ring of events', () => {
  it('returns the events after an id, and reports when it no longer holds them', () => {
    const ring = eventRing<InstanceEvent>(10n, 3)
    expect([ring.newest(), ring.floor()]).toEqual([10n, 10n])
    expect([idsAfter(ring, 9), idsAfter(ring, 10), idsAfter(ring, 99)]).toEqual([null, [], []])
    ring.append([11, 12, 15, 16].map(numbered))
    expect([ring.newest(), ring.floor()]).toEqual([16n, 11n])
    expect([idsAfter(ring, 10), idsAfter(ring, 11), idsAfter(ring, 13)]).toEqual([
      null,
      [12, 15, 16],
      [15, 16],
    ])
    expect(idsAfter(ring, 11, 2)).toEqual([12, 15])
  })

  it('answers like a list that keeps everything, for every id that it covers', () => {
    const steps = fc.array(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 5 }), { maxLength: 30 })
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 8 }), (appends, capacity) => {
        const ring = eventRing<InstanceEvent>(0n, capacity)
        const all: number[] = []
        for (const strides of appends) {
          const arriving = strides.map((stride) => {
            all.push((all.at(-1) ?? 0) + stride)
            return numbered(all.at(-1) ?? 0)
          })
          ring.append(arriving)
          expect(ring.newest()).toBe(BigInt(all.at(-1) ?? 0))
          for (let id = 0; id <= (all.at(-1) ?? 0) + 1; id++) {
            const after = all.filter((one) => one > id)
            // It covers at least `capacity` events, and never reports more than it holds.
            expect(idsAfter(ring, id)).toEqual(after.length <= capacity ? after : null)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('refuses an event whose id is not above the newest', () => {
    const ring = eventRing<InstanceEvent>(0n, 3)
    ring.append([numbered(2)])
    expect(() => ring.append([numbered(2)])).toThrow(RangeError)
  })
})

describe('the id of an event', () => {
  it.each([
    ['0', 0n],
    ['42', 42n],
    ['9223372036854775807', 9223372036854775807n],
    ['9223372036854775808', null],
    ['-1', null],
    ['', null],
    ['1.5', null],
    [' 1', null],
    ['0x10', null],
    ['1e3', null],
  ])('%j is read as %s', (text, id) => {
    expect(parseEventId(text)).toBe(id)
  })
})
