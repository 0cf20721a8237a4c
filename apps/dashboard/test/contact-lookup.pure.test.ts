import { readPhone } from '@zapfleet/phone'
import { describe, expect, it } from 'vitest'
import { conversationsOf } from '../src/contacts/conversation.ts'
import { confirms, isUnknown, lookupId, phoneMeant, phoneOfId } from '../src/contacts/lookup.ts'

const read = (text: string) => readPhone(text, 'BR')

describe('a typed text', () => {
  it.each([
    ['+55 (47) 98888-7777', '+5547988887777'],
    ['(47) 98888-7777', '+5547988887777'],
    ['47 98888-7777', '+5547988887777'],
    [' 047 98888 7777 ', '+5547988887777'],
    ['+351 912 345 678', '+351912345678'],
    // Digits alone are an id of the bot, whatever they may mean.
    ['5547988887777', '5547988887777'],
    ['47988887777', '47988887777'],
    [' maria ', 'maria'],
    ['5547988887777@s.whatsapp.net', '5547988887777@s.whatsapp.net'],
    ['2c1f2f0e-7a57-4c4b-9d3b-1f0f5a2b8f11', '2c1f2f0e-7a57-4c4b-9d3b-1f0f5a2b8f11'],
    // No phone: the API reads it.
    ['12-34', '12-34'],
    ['', ''],
    ['  ', ''],
  ])('%j means the contact %j', (typed, id) => {
    expect(lookupId(typed, read)).toBe(id)
  })

  it('is an id as it was typed while phones cannot be read', () => {
    expect(lookupId(' (47) 98888-7777', null)).toBe('(47) 98888-7777')
    expect(phoneMeant('47988887777', null)).toBeNull()
  })
})

it.each([
  ['47988887777', '+5547988887777'],
  ['4733334444', '+554733334444'],
  ['5547988887777', null],
  ['554788887777', null],
  ['123', null],
  ['maria', null],
])('the digits %j may mean the phone %j', (id, phone) => {
  expect(phoneMeant(id, read)).toBe(phone)
})

it.each([
  ['5547988887777', '+5547988887777'],
  ['+5547988887777', '+5547988887777'],
  ['554788887777', '+554788887777'],
  ['351912345678', null],
  ['maria', null],
])('the id %j is shown as the phone %j', (id, phone) => {
  expect(phoneOfId(id)).toBe(phone)
})

it('an act is confirmed by the id, with or without the separators of a phone, and by nothing else', () => {
  expect(confirms('5547988887777', '+5547988887777')).toBe(true)
  expect(confirms(' +55 47 98888-7777', '5547988887777')).toBe(true)
  expect(confirms('maria', 'maria')).toBe(true)
  expect(confirms('Maria', 'maria')).toBe(false)
  expect(confirms('554798888777', '5547988887777')).toBe(false)
  expect(confirms('', '')).toBe(false)
  expect(confirms('--', 'maria')).toBe(false)
})

it('a contact is unknown while nothing is stored that its view shows', () => {
  const nothing = { id: 'maria', preferredInstance: null, aliases: [], lastInbound: null, blocked: false }
  const at = '2026-11-29T10:00:00.000Z'
  expect(isUnknown(nothing)).toBe(true)
  expect(isUnknown({ ...nothing, preferredInstance: 'loja-01' })).toBe(false)
  expect(isUnknown({ ...nothing, aliases: ['crm-1'] })).toBe(false)
  expect(isUnknown({ ...nothing, lastInbound: { instanceName: 'loja-01', at } })).toBe(false)
  expect(isUnknown({ ...nothing, blocked: true })).toBe(false)
})

it('conversations are ordered by the newest message in either direction; what was reserved counts as sent', () => {
  const at = (hour: string) => `2026-11-29T${hour}:00:00.000Z`
  const conversation = (instanceName: string, sent: string | null, received: string | null) => ({
    instanceName,
    lastSentAt: sent && at(sent),
    lastInboundAt: received && at(received),
  })
  const reservation = (instanceName: string, hour: string, state = 'confirmed') => ({
    id: hour,
    contactId: 'maria',
    instanceName,
    pool: null,
    strategy: 'sticky',
    preference: 'kept',
    state,
    kind: null,
    reservedAt: at(hour),
    notBefore: null,
    completedAt: null,
    releaseCause: null,
    messageId: null,
    outcome: null,
    idempotencyKey: null,
  })
  const conversations = [
    conversation('b', '10', null),
    conversation('a', '10', null),
    conversation('old', '08', '09'),
    conversation('newest', '07', '11'),
    conversation('empty', null, null),
  ]
  const shown = (...reservations: ReturnType<typeof reservation>[]) =>
    conversationsOf({
      conversations: conversations.map((one) => ({ ...one, newContactAt: null })),
      reservations,
    })
  const names = (all: { instanceName: string }[]) => all.map(({ instanceName }) => instanceName)
  expect(names(shown())).toEqual(['newest', 'a', 'b', 'old', 'empty'])
  const later = shown(
    reservation('b', '09'),
    reservation('old', '12', 'reserved'),
    reservation('fresh', '13'),
    reservation('fresh', '06'),
    reservation('empty', '14', 'released'),
  )
  expect(names(later)).toEqual(['fresh', 'old', 'newest', 'a', 'b', 'empty'])
  expect(later.slice(0, 2)).toEqual([conversation('fresh', '13', null), conversation('old', '12', '09')])
  expect(later.slice(4)).toEqual([conversation('b', '10', null), conversation('empty', null, null)])
})
