import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cursorOf, parseCursor, placeOf, positionAt } from '../../src/message/change-cursor.ts'

const position = fc.record({
  xid: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  seq: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
})

it('a position is the same after its text and its place, and places have the order of (xid, seq)', () => {
  fc.assert(
    fc.property(position, position, (one, other) => {
      expect(parseCursor(cursorOf(one))).toEqual(one)
      expect(positionAt(placeOf(one))).toEqual(one)
      const isBefore = one.xid < other.xid || (one.xid === other.xid && one.seq < other.seq)
      expect(placeOf(one) < placeOf(other)).toBe(isBefore)
    }),
  )
})

it.each([
  '',
  '42',
  '-',
  '1-',
  '-1',
  '1-2-3',
  '1-x',
  ' 1-2',
  '9223372036854775808-1',
  '1-9223372036854775808',
  '1e3-2',
])('%j is no id of a change', (text) => {
  expect(parseCursor(text)).toBeNull()
})
