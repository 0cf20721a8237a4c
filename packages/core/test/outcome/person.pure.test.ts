import { expect, it } from 'vitest'
import { digitSpellings, personKey, plainSpellings } from '../../src/outcome/person.ts'

it.each([
  '5547988887777',
  '554788887777',
  '+5547988887777',
  '+55 (47) 98888-7777',
  '(47) 98888-7777',
  '47 98888-7777',
  '554788887777@s.whatsapp.net',
  '5547988887777@s.whatsapp.net',
  '554788887777:3@s.whatsapp.net',
  ' 5547988887777 ',
])('%s is the same person', (id) => {
  expect(personKey(id, 'BR')).toBe('554788887777')
})

it.each([
  ['another phone', '5547988887778', '554788887778'],
  ['a landline, whose other form is another phone', '554733334444', '554733334444'],
  ['a Mexican mobile', '5215512345678', '525512345678'],
  ['a person without a phone', '77001122334455@lid', '77001122334455@lid'],
  ['one with a device', '77001122334455:2@lid', '77001122334455@lid'],
])('%s is %s', (_what, id, key) => {
  expect(personKey(id, 'BR')).toBe(key)
})

it.each([
  'cliente-17',
  '0b9f7c1e-9a43-4b7e-9c55-1d2f3a4b5c6d',
  '12345678-1234-1234-1234-123456789012',
  '120363041234567890@g.us',
  'status@broadcast',
  'ana',
  '',
  '17',
])('%j is no phone', (id) => {
  expect(personKey(id, 'BR')).toBeNull()
})

it('bots write a Brazilian mobile number in two forms, each plain, with a plus and as an id of WhatsApp', () => {
  expect(plainSpellings('554788887777').sort()).toEqual(
    ['554788887777', '5547988887777'].flatMap((one) => [`+${one}`, one, `${one}@s.whatsapp.net`]).sort(),
  )
  expect(digitSpellings('554788887777')).toEqual(['554788887777', '5547988887777'])
  expect(digitSpellings('14155550123')).toEqual(['14155550123'])
  expect(plainSpellings('77001122334455@lid')).toEqual(['77001122334455@lid'])
  for (const spelling of plainSpellings('554788887777'))
    expect(personKey(spelling, 'BR')).toBe('554788887777')
})
