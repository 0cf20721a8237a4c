import { readPhone } from '@zapfleet/phone'
import { needsAttention } from '@zapfleet/words'
import { describe, expect, it } from 'vitest'
import { levelOf } from '../src/design/meter.tsx'
import { arrange, type Filter, type Sort } from '../src/fleet/order.ts'
import { totalsOf } from '../src/fleet/totals.ts'
import { NEW_DRAFT, phoneOf, problemsOf, readDraft } from '../src/number/draft.ts'
import { en } from '../src/words/en.ts'
import { makeFormat } from '../src/words/format.ts'
import { anInstance } from './an-instance.ts'

const fleet = [
  anInstance({ name: 'vendas-10', sentThisHour: 10, sentToday: 10, priority: 5 }),
  anInstance({ name: 'vendas-2', sentThisHour: 20, sentToday: 90, lastSentAt: '2026-11-25T12:00:00.000Z' }),
  anInstance({ name: 'banido', status: 'banned', phoneNumber: '+5511987650001', available: false }),
  anInstance({ name: 'volta', status: 'connecting', statusReason: 'RECONNECTING', available: false }),
  anInstance({
    name: 'espera',
    status: 'connecting',
    statusReason: 'WAITING_FOR_SCAN',
    nextStep: 'scan',
    available: false,
  }),
  anInstance({ name: 'parado', paused: true, available: false }),
]

function names(how: { by?: Sort; descending?: boolean; filter?: Filter; search?: string } = {}): string[] {
  const { by = 'attention', descending = false, filter = 'all', search = '' } = how
  const contacts = new Map([['volta', 9]])
  return arrange(fleet, { filter, search, order: { by, descending }, contacts }).map((one) => one.name)
}

describe('the list', () => {
  it('begins with numbers that need a person, then the worst, then by name with digits as numbers', () => {
    expect(names()).toEqual(['banido', 'espera', 'volta', 'parado', 'vendas-2', 'vendas-10'])
  })

  it('sorts by every column, in both directions, equal ones by name', () => {
    expect(names({ by: 'name' }).at(-1)).toBe('volta')
    expect(names({ by: 'hour', descending: true }).slice(0, 2)).toEqual(['vendas-2', 'vendas-10'])
    expect(names({ by: 'day', descending: true })[0]).toBe('vendas-2')
    expect(names({ by: 'priority', descending: true })[0]).toBe('vendas-10')
    expect(names({ by: 'lastSent', descending: true })[0]).toBe('vendas-2')
    expect(names({ by: 'contacts', descending: true })[0]).toBe('volta')
    expect(names({ by: 'contacts' }).slice(0, 2)).toEqual(['banido', 'espera'])
  })

  it('is filtered by status and by search, which also finds a phone as people write it', () => {
    expect(names({ filter: 'connecting' })).toEqual(['espera', 'volta'])
    expect(names({ filter: 'attention' })).toEqual(['banido', 'espera'])
    expect(names({ filter: 'paused' })).toEqual(['parado'])
    expect(names({ search: 'VENDAS' })).toEqual(['vendas-2', 'vendas-10'])
    expect(names({ search: '(11) 98765-0001' })).toEqual(['banido'])
    expect(names({ search: '-' })).toEqual(['vendas-2', 'vendas-10'])
  })
})

it('totals are those of connected numbers, as the API counts them', () => {
  expect(totalsOf(fleet, Date.parse('2026-11-25T12:00:00.000Z'))).toEqual({
    total: 6,
    byStatus: { connected: 3, connecting: 2, disconnected: 0, banned: 1, unknown: 0 },
    paused: 1,
    attention: 2,
    available: 2,
    unavailable: [],
    hour: { capacity: 60, sent: 30, remaining: 30, usedPercent: 50 },
    day: { capacity: 300, sent: 100, remaining: 200, usedPercent: 33.3 },
    newContacts: { perDay: 0, sentToday: 0, remainingToday: 0, unlimited: 2 },
  })
  expect(needsAttention(anInstance({ statusReason: 'WRONG_PHONE', nextStep: 'log_out' }))).toBe(true)
  expect(needsAttention(anInstance({ duplicateOf: 'vendas-01' }))).toBe(true)
})

it('a bar is full at its capacity, nearly full at four fifths, and idle where nothing is sent', () => {
  expect([
    levelOf(15, 20),
    levelOf(16, 20),
    levelOf(20, 20),
    levelOf(21, 20),
    levelOf(0, 0),
    levelOf(20, 20, false),
  ]).toEqual(['normal', 'high', 'full', 'full', 'full', 'idle'])
})

describe('a form', () => {
  const read = (text: string) => readPhone(text, 'BR')

  it('accepts phones as people write them, and reports texts that are none', () => {
    for (const text of [
      '+5511987654321',
      '55 (11) 98765-4321',
      '5511987654321',
      '+55 11 98765.4321',
      '11987654321',
    ])
      expect(phoneOf(text, read)).toBe('+5511987654321')
    for (const text of ['', '98-76', '98765-4321', '+0551198765432', 'five', '+55119876543210000']) {
      expect(phoneOf(text, read)).toBeNull()
      const { phone } = problemsOf({ ...NEW_DRAFT, phone: text }, en, makeFormat('en-GB', 'UTC'), read)
      expect(phone).toBe(text === '' ? undefined : en.settings.notPhone)
    }
  })

  it('leaves the phone to the API until the code that reads it is loaded', () => {
    expect(phoneOf(' (11) 98765-4321 ', null)).toBe('(11) 98765-4321')
    expect(problemsOf({ ...NEW_DRAFT, phone: 'five' }, en, makeFormat('en-GB', 'UTC'), null)).toEqual({})
  })

  it('sends only what was changed', () => {
    const stored = { hourly: '20', daily: '100', priority: '1', phone: '+5511987654321' }
    expect(readDraft(stored, stored, read)).toEqual({})
    expect(readDraft({ ...stored, phone: '(11) 98765-4321' }, stored, read)).toEqual({})
    expect(readDraft({ ...stored, phone: '11987650000' }, stored, read)).toEqual({
      phoneNumber: '+5511987650000',
    })
    expect(readDraft({ ...stored, hourly: '020', phone: '' }, stored, read)).toEqual({ phoneNumber: null })
    expect(readDraft({ ...stored, daily: '7' }, stored, read)).toEqual({ dailyCapacity: 7 })
  })
})
