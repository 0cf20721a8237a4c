import { expect, it } from 'vitest'
import { recipientNumber } from '../../src/message/recipient-number.ts'

it.each([
  ['5511987654321', '5511987654321'],
  ['551187654321', '551187654321'],
  ['+55 (11) 98765-4321', '5511987654321'],
  ['(51) 98765-4321', '5551987654321'],
  ['(84) 98765-4321', '5584987654321'],
  ['051 98765-4321', '5551987654321'],
  ['00 55 51 98765-4321', '5551987654321'],
  ['11987650001', '5511987650001'],
  ['(11) 3456-7890', '551134567890'],
  // Digits that are a phone of another country are that phone.
  ['51987654321', '51987654321'],
  ['12125550123', '12125550123'],
  ['351912345678', '351912345678'],
  ['5511987654321@s.whatsapp.net', '5511987654321@s.whatsapp.net'],
  ['120363041234567890@g.us', '120363041234567890@g.us'],
  // No numbering plan has it, and it may be a phone all the same.
  ['999123456789', '999123456789'],
  ['98765-0001', null],
  ['(51) 9876-543', null],
  ['000000000000', null],
])('of %s in Brazil is %s', (to, number) => {
  expect(recipientNumber(to, 'BR')).toBe(number)
})

it('reads a formatted number as one of the country of the fleet', () => {
  expect(recipientNumber('912 345 678', 'PT')).toBe('351912345678')
})
