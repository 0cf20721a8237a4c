import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isCountry, readPhone } from '../src/index.ts'

describe('a phone number in Brazil', () => {
  it.each([
    ['11987650001', '+5511987650001'],
    ['(11) 98765-0001', '+5511987650001'],
    ['11.98765.0001', '+5511987650001'],
    ['011 98765-0001', '+5511987650001'],
    ['0 15 11 98765-0001', '+5511987650001'],
    ['5511987650001', '+5511987650001'],
    ['+5511987650001', '+5511987650001'],
    ['(+55) 11 98765-0001', '+5511987650001'],
    ['+55 (011) 98765-0001', '+5511987650001'],
    ['00 55 11 98765-0001', '+5511987650001'],
    // As WhatsApp's contact page copies it: marks of direction around, hyphens that do not break.
    ['\u202a+55 11 98765\u20110001\u202c', '+5511987650001'],
    // Area code 55 is not the country code.
    ['55987654321', '+5555987654321'],
    ['5555987654321', '+5555987654321'],
    // A landline, and a mobile in its form of before 2012.
    ['(11) 3456-7890', '+551134567890'],
    ['1187650001', '+551187650001'],
    ['551187650001', '+551187650001'],
  ])('%s is %s', (text, phone) => expect(readPhone(text, 'BR')).toBe(phone))

  it.each([
    ['+14155550123', '+14155550123'],
    ['+351 912 345 678', '+351912345678'],
    ['+44 7911 123456', '+447911123456'],
    ['+34912345678', '+34912345678'],
    ['+5491123456789', '+5491123456789'],
    ['5491123456789', '+5491123456789'],
    ['541123456789', '+541123456789'],
    ['525512345678', '+525512345678'],
    ['5215512345678', '+5215512345678'],
    ['+2908123', '+2908123'],
    ['14155550123', '+14155550123'],
  ])('a foreign one stays: %s is %s', (text, phone) => expect(readPhone(text, 'BR')).toBe(phone))

  it.each([
    ['', 'nothing'],
    ['+', 'no digits'],
    ['abc', 'no digits'],
    ['119', 'too short'],
    ['98765-0001', 'no area code'],
    ['3456-7890', 'no area code'],
    ['119876500', 'digits missing'],
    ['119876500012', 'a digit too many'],
    ['+5511987650', 'digits missing'],
    ['+55119876500012', 'a digit too many'],
    ['+11987650001', 'a plus before the area code: no American number begins with 1'],
    ['10987650001', 'an area code that does not exist'],
    ['+5511887650001', 'eleven digits that begin with no 9'],
    ['+999123456789', 'a country code that does not exist'],
    ['+1234567890123456', 'longer than any number'],
    ['11 98765-0001 / 11 98765-0002', 'two numbers'],
    ['11 98765-0001 ramal 2', 'other words'],
    ['5511987650001@s.whatsapp.net', 'an id'],
    ['+55+11987650001', 'two pluses'],
    ['٣٣٣٣٣٣٣٣٣٣٣', 'digits of another script'],
  ])('refuses %j: %s', (text) => expect(readPhone(text, 'BR')).toBeNull())
})

it.each([
  ['2025550123', 'US', '+12025550123'],
  ['011 55 11 98765-0001', 'US', '+5511987650001'],
  ['5511987650001', 'US', '+5511987650001'],
  ['912 345 678', 'PT', '+351912345678'],
  ['55 1234 5678', 'MX', '+525512345678'],
  ['11 15 2345-6789', 'AR', '+5491123456789'],
])('%s in %s is %s', (text, country, phone) => expect(readPhone(text, country)).toBe(phone))

it('refuses a Brazilian number without its country code in another country', () => {
  expect(readPhone('11987650001', 'US')).toBeNull()
})

it.each([
  ['BR', true],
  ['US', true],
  ['br', false],
  ['Brazil', false],
  ['XX', false],
  ['', false],
  ['constructor', false],
])('%j is a country: %s', (text, is) => expect(isCountry(text)).toBe(is))

it('removes every trunk zero behind a country code', () => {
  expect(readPhone('4900804000', 'BR')).toBe('+49804000')
  expect(readPhone('+490804000', 'BR')).toBe('+49804000')
})

it('reads its own answer as itself, in every country', () => {
  const written = fc.oneof(
    fc.stringMatching(/^\+?[\d ().-]{5,20}$/),
    fc.stringMatching(/^(\+?55)?[1-9]{2}9?\d{8}$/),
  )
  fc.assert(
    fc.property(written, fc.constantFrom('BR', 'US', 'PT', 'MX', 'AR'), (text, country) => {
      const phone = readPhone(text, country)
      if (phone === null) return
      expect(phone).toMatch(/^\+[1-9]\d{6,14}$/)
      expect(readPhone(phone, 'BR')).toBe(phone)
      expect(readPhone(phone, 'US')).toBe(phone)
    }),
    { numRuns: 2_000 },
  )
})
