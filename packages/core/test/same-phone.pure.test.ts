import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalPhone, isSamePhone } from '../src/instance/phone-of.ts'

describe('the same phone', () => {
  it.each([
    ['5511987650001', '+551187650001'],
    ['+55 (31) 98765-4321', '553187654321'],
    ['5215512345678', '+525512345678'],
    ['5491123456789', '+541123456789'],
  ])('%s is %s', (one, other) => expect(isSamePhone(one, other)).toBe(true))

  it.each([
    ['+551134567890', '5511934567890'],
    ['+551187650001', '+551187650002'],
    ['+5511987650001', '+5521987650001'],
    ['+11987650001', '+5511987650001'],
  ])('%s is not %s', (one, other) => expect(isSamePhone(one, other)).toBe(false))

  it('has one spelling, which is its own spelling', () => {
    const digits = fc.stringMatching(/^[1-9]\d{6,14}$/)
    fc.assert(fc.property(digits, (phone) => canonicalPhone(canonicalPhone(phone)) === canonicalPhone(phone)))
  })

  it('never equates two Brazilian mobile numbers of nine digits', () => {
    const mobile = fc.tuple(fc.integer({ min: 11, max: 99 }), fc.integer({ min: 900000000, max: 999999999 }))
    const text = ([area, number]: [number, number]) => `55${area}${number}`
    fc.assert(
      fc.property(
        mobile,
        mobile,
        (one, other) => isSamePhone(text(one), text(other)) === (text(one) === text(other)),
      ),
    )
  })
})
