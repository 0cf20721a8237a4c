import { describe, expect, it } from 'vitest'
import { clientIds } from '../../src/ground/client-ids.ts'
import { holdsPerson, isPersons, personIds } from '../../src/rights/person-ids.ts'

const ground = { clients: clientIds('text'), defaultCountry: 'BR' }
const LONG = '5547988887777'
const SHORT = '554788887777'
const LID = '123456789012345@lid'

const person = personIds(LONG, [LID, 'crm-1'])
const long = personIds(`=${LONG}`, [])
const short = personIds(`=${SHORT}`, [])

describe('whether a row is the person’s', () => {
  it.each([
    ['the key', LONG, null, true],
    ['the other form, as an earlier version stored it', SHORT, null, true],
    ['a formatted phone of an earlier version', '+55 (47) 8888-7777', null, true],
    ['the key, written as a LID', LONG, '123456789012345:7@lid', true],
    ['an alias', 'crm-1', null, true],
    ['the key, written as an id that is no alias any more', LONG, 'crm-2', false],
    ['another contact, written as an id that is an alias now', 'other', 'crm-1', true],
    ['another number with the same end', '5548988887777', null, false],
    ['an id that contains another', 'crm-10', null, false],
  ])('%s', (_what, contactId, contactAs, is) =>
    expect(isPersons(ground, person, contactId, contactAs)).toBe(is),
  )

  it.each([
    ['its form', `=${LONG}`, null, true, false],
    ['the other form', `=${SHORT}`, null, false, true],
    ['the key of both, from before', LONG, null, true, false],
    ['the key of both, written in the other form', LONG, SHORT, false, true],
    ['the key of both, written in a format', LONG, '(47) 8888-7777', false, true],
  ])('of two forms that are apart: %s', (_what, contactId, contactAs, isLong, isShort) => {
    expect(isPersons(ground, long, contactId, contactAs)).toBe(isLong)
    expect(isPersons(ground, short, contactId, contactAs)).toBe(isShort)
  })
})

describe('whether a text holds the person', () => {
  it.each([
    [`m-${LONG}`, true],
    [`m-${SHORT}-1`, true],
    ['to +55 (47) 98888-7777', true],
    ['47 8888 7777', true],
    ['123456789012345', true],
    ['crm-1', false],
    ['8888-7777', false],
    [`m-5548988887777`, false],
    [null, false],
  ])('%s: %s', (text, holds) => expect(holdsPerson(person, text, false)).toBe(holds))

  it('counts short ids in rows of the person', () => {
    expect(holdsPerson(person, 'm-crm-1', true)).toBe(true)
    expect(holdsPerson(person, 'm-2', true)).toBe(false)
    expect(holdsPerson(person, 'to 98888-7777', true)).toBe(true)
    expect(holdsPerson(person, 'to 98888-7777', false)).toBe(false)
  })
})

describe('the pattern', () => {
  const pattern = new RegExp(person.pattern ?? '$^')
  it.each([
    [LONG, true],
    ['(47) 8888-7777', true],
    ['98 88 87 777', true],
    ['5547988887778', false],
  ])('finds %s: %s', (text, isFound) => expect(pattern.test(text)).toBe(isFound))

  it('is missing for a person without a number', () => expect(personIds('abc-1', []).pattern).toBeNull())
})
