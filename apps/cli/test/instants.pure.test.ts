import { InvalidArgumentError } from 'commander'
import { expect, it } from 'vitest'
import { instantArgument } from '../src/command.ts'

it.each([
  ['2027-12-31', '2027-12-31T00:00:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ['2027-12-31T12:00:00Z', '2027-12-31T12:00:00.000Z'],
  ['2027-12-31T23:30:00-03:00', '2028-01-01T02:30:00.000Z'],
])('%s is %s', (text, instant) => {
  expect(instantArgument(text)).toBe(instant)
})

it.each([
  '2027-06-31',
  '2027-02-29',
  '2026-11-31',
  '2026-02-30T10:00:00Z',
  '2027-13-01',
  '2027-1-1',
  'tomorrow',
])('%s is refused: no calendar has it, or it is no day', (text) => {
  expect(() => instantArgument(text)).toThrow(InvalidArgumentError)
})
