import { readPhone } from '@zapfleet/phone'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contactKey, keyForms, spellings } from '../../src/contact/contact-key.ts'
import { clientIds } from '../../src/ground/client-ids.ts'
import { AREAS, asWritten, mobile, oneForm, otherIds, WAYS } from '../support/written-ids.ts'

describe('the key of a contact', () => {
  it.each([
    '5547988887777',
    '554788887777',
    '+5547988887777',
    '+554788887777',
    '+55 (47) 98888-7777',
    '+55 (47) 8888-7777',
    '+55 (047) 98888-7777',
    '+55 47 98888.7777',
    '(+55) 47 98888-7777',
    '55 (47) 98888-7777',
    '(47) 98888-7777',
    '(47)988887777',
    '(47) 8888-7777',
    '(047) 98888-7777',
    '0(47) 98888-7777',
    '\u202a+55 47 98888\u20117777\u202c',
    '+55\u00a047\u00a098888-7777',
    '5547988887777@s.whatsapp.net',
    '554788887777@s.whatsapp.net',
    '554788887777:12@s.whatsapp.net',
    '554788887777@c.us',
    '+5547988887777@s.whatsapp.net',
    ' 5547988887777\n',
  ])('%j is the person 5547988887777', (id) => {
    expect(contactKey(id, 'BR')).toBe('5547988887777')
  })

  it.each([
    ['(55) 98888-7777', '5555988887777'],
    ['(47) 3333-4444', '554733334444'],
    ['+55 47 3333-4444', '554733334444'],
    ['554733334444@s.whatsapp.net', '554733334444'],
    ['+54 9 11 2345-6789', '5491123456789'],
    ['+52 1 55 1234 5678', '5215512345678'],
    ['5491123456789@s.whatsapp.net', '5491123456789'],
    ['+1 (415) 555-0123', '14155550123'],
    ['+44 20 7946 0958', '442079460958'],
    ['77001122334455@lid', '77001122334455@lid'],
    ['77001122334455:2@lid', '77001122334455@lid'],
    [' abc-1 ', 'abc-1'],
  ])('%j is %s', (id, key) => expect(contactKey(id, 'BR')).toBe(key))

  it.each([
    '554733334444',
    '5511934567890',
    '5520988887777',
    '552088887777',
    '5491123456789',
    '541123456789',
    '5215512345678',
    '525512345678',
    '14155550123',
    '12345',
    '0',
    '190',
    '47988887777',
    '4788887777',
    '55478888777',
    '55479888877771',
    '005547988887777',
    '47 98888-7777',
    '98888-7777',
    '2024-11-0042',
    '(2024) 11-0042',
    '(20) 98888-7777',
    '+12',
    '+',
    '()',
    '(',
    '+55 47 98888-7777 ramal 2',
    '+55 47 98888-7777 / +55 47 98888-7778',
    'abc-1',
    'contact-123',
    '1a',
    'ana',
    '',
    '0b9f7c1e-9a43-4b7e-9c55-1d2f3a4b5c6d',
    'B9F7C1E0-9A43-4B7E-9C55-1D2F3A4B5C6D',
    '12345678-1234-1234-1234-123456789012',
    '120363041234567890@g.us',
    '5547988887777-1400000000@g.us',
    '120363041234567890@newsletter',
    'status@broadcast',
    '1400000000@broadcast',
    '5547988887777@example.com',
    '554788887777:x@s.whatsapp.net',
    '554788887777:@s.whatsapp.net',
    '5547988887777:12',
    '123@s.whatsapp.net',
    'josé',
    'Ω+55 47 98888-7777',
    '٤٧٩٨٨٨٨٧٧٧٧',
  ])('%j stays itself', (id) => void expect(contactKey(id, 'BR')).toBe(id))

  it.each([
    ['(415) 555-0123', 'US', '14155550123'],
    ['(47) 98888-7777', 'US', '(47) 98888-7777'],
    ['(2024) 110042123', 'US', '(2024) 110042123'],
    ['+55 (47) 98888-7777', 'US', '5547988887777'],
    ['554788887777', 'US', '5547988887777'],
    ['(11) 2345-6789', 'AR', '541123456789'],
  ])('%j in %s: %s', (id, country, key) => {
    expect(contactKey(id, country)).toBe(key)
  })

  it('leaves the capitals of a uuid to the ids of clientes, in either order', () => {
    const { canonical } = clientIds('uuid')
    const uuid = fc.uuid().chain((id) => fc.constantFrom(id, id.toUpperCase(), ` ${id}`))
    fc.assert(
      fc.property(fc.oneof(uuid, otherIds, asWritten(mobile)), (id) => {
        const key = canonical(contactKey(id, 'BR'))
        expect(contactKey(key, 'BR')).toBe(key)
        expect(contactKey(canonical(id.trim()), 'BR')).toBe(key)
      }),
    )
  })
})

describe('keys of any ids', () => {
  it('are their own keys', () => {
    fc.assert(
      fc.property(fc.oneof(otherIds, asWritten(mobile), fc.string()), (id) => {
        const key = contactKey(id, 'BR')
        expect(contactKey(key, 'BR')).toBe(key)
      }),
      { numRuns: 2_000 },
    )
  })

  it('are equal for two Brazilian mobile numbers if and only if area code and eight digits are', () => {
    const write = fc.constantFrom(...WAYS)
    const changes = fc.tuple(fc.constantFrom('none', 'digit', 'area', 'all'), mobile, fc.nat({ max: 6 }))
    fc.assert(
      fc.property(mobile, changes, write, write, (one, [change, drawn, place], writeOne, writeOther) => {
        const at = place + 1
        const changed = one.digits.slice(0, at) + drawn.digits[at] + one.digits.slice(at + 1)
        const other = {
          none: one,
          digit: { area: one.area, digits: changed },
          area: { area: drawn.area, digits: one.digits },
          all: drawn,
        }[change as 'none']
        const isSame = one.area === other.area && one.digits === other.digits
        const key = contactKey(writeOne(one), 'BR')
        expect(contactKey(writeOther(other), 'BR') === key).toBe(isSame)
        expect(key).toBe(`55${one.area}9${one.digits}`)
      }),
      { numRuns: 5_000 },
    )
  })

  it('join the two forms in the area codes that exist, and in no other', () => {
    for (let area = 0; area <= 99; area++) {
      const short = `55${String(area).padStart(2, '0')}88887777`
      expect(contactKey(short, 'BR') !== short).toBe(AREAS.includes(area))
      expect(readPhone(`+${short}`, 'BR') === `+${short}`).toBe(AREAS.includes(area))
    }
  })

  it('stay the ids that are no phone numbers', () => {
    fc.assert(
      fc.property(otherIds, (id) => void expect(contactKey(id, 'BR')).toBe(id)),
      { numRuns: 2_000 },
    )
  })
})

describe('the forms of a key', () => {
  it('are two for a Brazilian mobile number, and none for another id', () => {
    expect(keyForms('5547988887777')).toEqual(['5547988887777', '554788887777'])
    fc.assert(
      fc.property(
        fc.oneof(oneForm, otherIds),
        (id) => void expect(keyForms(contactKey(id, 'BR'))).toBeNull(),
      ),
    )
    fc.assert(
      fc.property(asWritten(mobile), (id) => {
        const key = contactKey(id, 'BR')
        const forms = keyForms(key) ?? []
        expect(forms).toHaveLength(2)
        expect(forms.map((form) => contactKey(form, 'BR'))).toEqual([key, key])
      }),
    )
  })

  it('are written plain, with a plus and as ids of WhatsApp', () => {
    expect(spellings('5547988887777')).toEqual([
      '5547988887777',
      '554788887777',
      '+5547988887777',
      '5547988887777@s.whatsapp.net',
      '5547988887777@c.us',
      '+554788887777',
      '554788887777@s.whatsapp.net',
      '554788887777@c.us',
    ])
    expect(spellings('14155550123')).toEqual([
      '14155550123',
      '+14155550123',
      '14155550123@s.whatsapp.net',
      '14155550123@c.us',
    ])
    for (const id of ['12345', 'abc-1', '77001122334455@lid', '120363041234567890@g.us'])
      expect(spellings(id)).toEqual([id])
  })

  it('have the key that they are written for', () => {
    fc.assert(
      fc.property(fc.oneof(otherIds, asWritten(mobile)), (id) => {
        const key = contactKey(id, 'BR')
        for (const spelling of spellings(key)) expect(contactKey(spelling, 'BR')).toBe(key)
      }),
    )
  })
})
