import { expect, it } from 'vitest'
import { capacityGate } from '../../src/message/capacity-gate.ts'

it('lets a few messages try first, then as many as there is room for', () => {
  const gate = capacityGate()
  expect(gate.room(64, 0)).toBe(8)
  expect(gate.room(3, 0)).toBe(3)
  gate.pass()
  expect(gate.room(64, 0)).toBe(64)
})

it('is closed after a message that no number could take, until its time or a change', () => {
  const gate = capacityGate()
  gate.pass()
  gate.close(5_000, 1_000)
  expect([gate.room(64, 5_999), gate.closedForMs(5_999)]).toEqual([0, 1])
  expect([gate.room(64, 6_000), gate.closedForMs(6_000)]).toEqual([8, 0])
  gate.close(5_000, 7_000)
  gate.open()
  expect(gate.room(64, 7_001)).toBe(8)
})

it('stays closed for the longer of two times', () => {
  const gate = capacityGate()
  gate.close(9_000, 0)
  gate.close(2_000, 1_000)
  expect(gate.closedForMs(1_000)).toBe(8_000)
})

it('takes at most 256 messages a second that wait for reasons of their own, one after the other', () => {
  const gate = capacityGate()
  for (let turn = 0; turn < 64; turn++) gate.postpone(1_000)
  expect([gate.room(64, 1_249), gate.room(64, 1_250)]).toEqual([0, 64])
  for (let turn = 0; turn < 63; turn++) gate.postpone(2_000)
  gate.pass()
  gate.postpone(2_000)
  expect(gate.room(64, 2_000)).toBe(64)
})
