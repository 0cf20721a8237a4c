import { adviceFor, CHANGE_REASONS, REASONS, STATUS_REASONS, STATUSES } from '@zapfleet/core'
import { needsAttention } from '@zapfleet/words'
import { describe, expect, it } from 'vitest'
import { actionOf, whyOf } from '../src/fleet/next-step.ts'
import { en } from '../src/words/en.ts'
import { makeFormat } from '../src/words/format.ts'
import { ptBR } from '../src/words/pt-br.ts'
import { anInstance } from './an-instance.ts'

describe.each([
  ['English', en],
  ['Portuguese', ptBR],
] as const)('%s', (_name, w) => {
  it('has words for every status, every reason, and every action', () => {
    expect(Object.keys(w.status).sort()).toEqual([...STATUSES].sort())
    expect(Object.keys(w.statusReason).sort()).toEqual([...STATUS_REASONS].sort())
    expect(Object.keys(w.reason).sort()).toEqual([...REASONS].sort())
    expect(Object.keys(w.reasonOfSeveral).sort()).toEqual([...REASONS].sort())
    for (const reason of STATUS_REASONS) expect(w.action).toHaveProperty(reason)
    const ofHistory = [...Object.keys(w.statusReason), ...Object.keys(w.change)]
    expect(ofHistory.sort()).toEqual([...CHANGE_REASONS].sort())
  })

  it('has an action exactly where the API has one, in its own words', () => {
    for (const status of STATUSES) {
      for (const statusReason of [null, ...STATUS_REASONS]) {
        for (const paused of [false, true]) {
          const advice = adviceFor(status, statusReason, paused)
          const told = actionOf(anInstance({ status, statusReason, paused, ...advice }), w)
          expect([status, statusReason, paused, told === null]).toEqual([
            status,
            statusReason,
            paused,
            advice.action === null,
          ])
          if (status !== 'unknown' || statusReason !== null)
            expect(Object.values(w.action)).toContainEqual(told ?? w.action.nothing)
        }
      }
    }
  })
})

it.each([
  [en, 'same phone as another number', 'Its phone is paired with loja-01 too'],
  [ptBR, 'mesmo telefone de outro número', 'loja-01'],
] as const)(
  'of two numbers with one phone, the one that does not serve shows the reason and the action',
  (w, why, action) => {
    const one = anInstance({
      status: 'connected',
      available: false,
      unavailableReason: 'DUPLICATE_PHONE',
      duplicateOf: 'loja-01',
      ...adviceFor('connected', null, false, 'loja-01'),
    })
    expect(whyOf(one, w)).toBe(why)
    expect(actionOf(one, w)).toContain(action)
    expect(needsAttention(one)).toBe(true)
  },
)

it.each([
  ['SENDS_REFUSED', 'NOT_DELIVERING'],
  ['NO_RECEIPTS', 'NOT_DELIVERING'],
] as const)('a number that fails by %s shows the reason, what to do, and needs attention', (reason, code) => {
  const delivery = { state: 'failing', since: null, reason } as const
  const advice = adviceFor('connected', null, false, null, { delivery })
  const one = anInstance({ available: false, unavailableReason: code, delivery, ...advice })
  for (const w of [en, ptBR]) {
    expect(whyOf(one, w)).toBe(w.reason[code])
    expect(actionOf(one, w)).toBe(w.action[reason])
  }
  expect(needsAttention(one)).toBe(true)
})

it('a restricted number shows whom it serves, and needs no attention', () => {
  const restriction = { since: '2026-11-29T12:00:00.000Z', until: null, source: 'operator' } as const
  const advice = adviceFor('connected', null, false, null, { isRestricted: true })
  const one = anInstance({ restriction, ...advice })
  for (const w of [en, ptBR]) {
    expect(whyOf(one, w)).toBe(w.reason.RESTRICTED)
    expect(actionOf(one, w)).toBe(w.action.RESTRICTED)
  }
  expect(needsAttention(one)).toBe(false)
})

it('unknown codes of a newer API are shown with the text of the API', () => {
  const one = anInstance({
    status: 'disconnected',
    statusReason: 'ON_THE_MOON' as never,
    action: 'Fetch it.',
  })
  expect([whyOf(one, en), actionOf(one, en), actionOf(one, ptBR)]).toEqual([
    'ON_THE_MOON',
    'Fetch it.',
    'Fetch it.',
  ])
})

it('a QR code is offered exactly where a scan helps', () => {
  const offered = STATUS_REASONS.filter(
    (statusReason) => adviceFor('disconnected', statusReason, false).nextStep === 'scan',
  )
  expect(offered).toEqual([
    'NEVER_CONNECTED',
    'WAITING_FOR_SCAN',
    'QR_LIMIT_REACHED',
    'CLOSED',
    'LOGGED_OUT',
    'LOGGED_OUT_BY_PHONE',
    'LOGIN_REFUSED',
  ])
})

describe('formats', () => {
  const now = Date.parse('2026-11-25T15:30:00Z')
  const british = makeFormat('en-GB', 'America/Sao_Paulo')
  const brazilian = makeFormat('pt-BR', 'America/Sao_Paulo')

  it('show instants in the time zone of the fleet', () => {
    expect(british.moment('2026-11-25T12:05:00Z', now)).toBe('09:05')
    // 23:30 of the day before in that zone.
    expect(british.moment('2026-11-25T02:30:00Z', now)).toBe('24 Nov, 23:30')
    expect(british.moment('2025-01-02T12:00:00Z', now)).toBe('2 Jan 2025')
    expect(british.weekday('2026-11-25')).toBe('Wed')
    expect(brazilian.moment('2026-11-25T02:30:00Z', now)).toBe('24/11 às 23:30')
    expect(brazilian.moment('2025-01-02T12:00:00Z', now)).toBe('02/01/2025')
  })

  it('put an instant into a sentence', () => {
    expect(british.when('2026-11-25T12:05:00Z', now)).toBe('at 09:05')
    expect(british.when('2026-11-25T02:30:00Z', now)).toBe('on 24 Nov, 23:30')
    expect(brazilian.when('2026-11-25T12:05:00Z', now)).toBe('às 09:05')
    expect(brazilian.when('2026-11-25T02:30:00Z', now)).toBe('em 24/11 às 23:30')
  })

  it('show ages and durations', () => {
    expect(british.ago('2026-11-25T15:29:40Z', now)).toBe('now')
    expect(british.ago('2026-11-25T15:18:00Z', now)).toMatch(/^12 min/)
    expect(brazilian.ago('2026-11-25T13:30:00Z', now)).toMatch(/^há 2 h/)
    // A clock that is ahead shows no future.
    expect(british.ago('2026-11-25T15:31:00Z', now)).toBe('now')
    expect(british.duration(42_000)).toMatch(/^42 sec/)
    expect(british.duration(3_600_000 * 3 + 60_000 * 20)).toMatch(/^3 hrs? 20 min/)
    expect(british.duration(86_400_000 * 2)).toMatch(/^2 days/)
  })

  it('write numbers and phones as people do', () => {
    expect([british.number(12_345), brazilian.number(12_345)]).toEqual(['12,345', '12.345'])
    expect(british.phone('+5511987654321')).toBe('+55 11 98765-4321')
    expect(british.phone('+558001234567')).toBe('+558001234567')
    expect(british.phone('+351912345678')).toBe('+351912345678')
  })
})
