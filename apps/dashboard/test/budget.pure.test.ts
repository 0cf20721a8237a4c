import { dailyLimit } from '@zapfleet/words'
import { describe, expect, it } from 'vitest'
import type { Instance } from '../src/api/open-client.ts'
import { waitingNumber } from '../src/ask/answer.tsx'
import { waitOf } from '../src/fleet/next-step.ts'
import { arrange } from '../src/fleet/order.ts'
import { totalsOf } from '../src/fleet/totals.ts'
import { fullForNew, pacedUntil } from '../src/number/budget.ts'
import { changeWords } from '../src/number/change-words.ts'
import { rampWords } from '../src/number/ramp-card.tsx'
import { en } from '../src/words/en.ts'
import { makeFormat } from '../src/words/format.ts'
import { ptBR } from '../src/words/pt-br.ts'
import { anInstance } from './an-instance.ts'

const f = makeFormat('en-GB', 'America/Sao_Paulo')
/** Saturday, 20:01 in São Paulo. */
const nowMs = Date.parse('2026-11-28T23:01:00Z')
const ramp = {
  from: 10,
  to: 100,
  days: 21,
  startedOn: '2026-11-21',
  day: 8,
  limitToday: 41,
  heldBecause: null,
}

describe('the limit of a day', () => {
  it('is lowered by a ramp, and never raised', () => {
    expect(dailyLimit(anInstance({ dailyCapacity: 100 }))).toBe(100)
    expect(dailyLimit(anInstance({ dailyCapacity: 100, ramp }))).toBe(41)
    expect(dailyLimit(anInstance({ dailyCapacity: 30, ramp }))).toBe(30)
  })

  it('decides the order by the use of the day', () => {
    const fleet = [
      anInstance({ name: 'half', sentToday: 50, dailyCapacity: 100 }),
      anInstance({ name: 'full', sentToday: 41, dailyCapacity: 100, ramp }),
    ]
    const order = { by: 'day', descending: true } as const
    const shown = arrange(fleet, { filter: 'all', search: '', order, contacts: new Map() })
    expect(shown.map(({ name }) => name)).toEqual(['full', 'half'])
  })
})

it('a number waits between two messages until its gap is over, although it still reads PACING', () => {
  const lastSentAt = new Date(nowMs - 5_000).toISOString()
  const paced = anInstance({ unavailableReason: 'PACING', available: false, minGapMs: 20_000, lastSentAt })
  expect(pacedUntil(paced, nowMs)).toBe(nowMs + 15_000)
  expect(pacedUntil(paced, nowMs + 14_999)).toBe(nowMs + 15_000)
  expect(pacedUntil(paced, nowMs + 15_000)).toBeNull()
  expect(pacedUntil({ ...paced, unavailableReason: 'HOURLY_LIMIT' }, nowMs)).toBeNull()
})

describe('the figures of the fleet', () => {
  const nowMs = Date.parse('2026-11-25T12:00:00Z')
  const newContacts = (...fleet: Instance[]) => totalsOf(fleet, nowMs).newContacts
  const limited = { newContactsPerDay: 20, newContactsToday: 7 }

  it('have the limit of a day that a ramp lowers', () => {
    expect(totalsOf([anInstance({ ramp, sentToday: 10 }), anInstance({ sentToday: 10 })], nowMs).day).toEqual(
      {
        capacity: 141,
        sent: 20,
        remaining: 121,
        usedPercent: 14.1,
      },
    )
  })

  it('have room for new contacts: what is left of the limits, and not more than is left of the messages', () => {
    expect(
      newContacts(
        anInstance(limited),
        anInstance({ ...limited, sentToday: 39, ramp }),
        anInstance({ ...limited, newContactsToday: 22 }),
        anInstance(),
        anInstance({ newContactsPerHour: 5 }),
      ),
    ).toEqual({ perDay: 60, sentToday: 36, remainingToday: 13 + 2 + 0, unlimited: 2 })
  })

  it.each<[string, Partial<Instance>]>([
    ['is not connected', { status: 'disconnected' }],
    ['is paused', { paused: true }],
    ['is draining', { draining: true }],
    ['is restricted', { restriction: { since: '2026-11-25T11:00:00Z', until: null, source: 'operator' } }],
    ['does not deliver', { delivery: { state: 'failing', since: null, reason: 'NO_RECEIPTS' } }],
    ['is a duplicate', { duplicateOf: 'vendas-02' }],
  ])('have no room of a number that %s', (_what, some) => {
    const none = { perDay: 0, sentToday: 0, remainingToday: 0, unlimited: 0 }
    expect(newContacts(anInstance({ ...limited, ...some }), anInstance(some))).toEqual(none)
  })

  it('count a number as able to send once its wait between two messages is over', () => {
    const paced = anInstance({
      available: false,
      unavailableReason: 'PACING',
      minGapMs: 20_000,
      lastSentAt: '2026-11-25T12:00:00Z',
    })
    const figures = ({ available, unavailable }: ReturnType<typeof totalsOf>) => ({ available, unavailable })
    expect(figures(totalsOf([paced], nowMs))).toEqual({ available: 0, unavailable: [['PACING', 1]] })
    expect(figures(totalsOf([paced], nowMs + 20_000))).toEqual({ available: 1, unavailable: [] })
  })
})

it('a contact waits for its own number only where that is free after a wait between two messages', () => {
  const candidate = {
    name: 'own',
    rank: null,
    reason: 'PACING',
    availableAt: '2026-11-25T12:00:20Z',
  } as const
  const explanation = { chosen: null, own: 'own', candidates: [candidate] }
  expect(waitingNumber(explanation, 'sticky')).toEqual(candidate)
  expect(waitingNumber({ ...explanation, own: 'other' }, 'sticky')).toBeNull()
  expect(waitingNumber(explanation, 'round_robin')).toBeNull()
  expect(waitingNumber({ ...explanation, chosen: 'other' }, 'sticky')).toBeNull()
  const paused = {
    ...explanation,
    candidates: [{ ...candidate, reason: 'PAUSED', availableAt: null } as const],
  }
  expect(waitingNumber(paused, 'sticky')).toBeNull()
})

describe('the wait of a number', () => {
  const weekdays: Instance['hours'] = [
    { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '20:00' },
  ]
  it.each<[string, Partial<Instance>, string | null, string | null]>([
    ['nothing', {}, null, null],
    [
      'hours',
      { unavailableReason: 'OUTSIDE_HOURS', hours: weekdays },
      'Closed, except for replies. Opens Mon at 08:00.',
      'Fora do horário, só respostas saem. Abre seg às 08:00.',
    ],
    [
      'hours that have opened since the last reading',
      { unavailableReason: 'OUTSIDE_HOURS', hours: [{ days: ['sat'], from: '20:00', to: '24:00' }] },
      null,
      null,
    ],
    [
      'a full hour',
      { unavailableReason: 'HOURLY_LIMIT' },
      'Hourly limit reached. Sends again at 21:00.',
      'Limite da hora atingido. Volta a enviar às 21:00.',
    ],
    [
      'an hour full of new contacts',
      { newContactsPerHour: 5, newContactsThisHour: 5, newContactsPerDay: 20, newContactsToday: 7 },
      'Limit for new contacts reached. New ones again at 21:00.',
      'Limite de contatos novos atingido. Aceita novos às 21:00.',
    ],
    [
      'a day full of new contacts',
      { newContactsPerHour: 5, newContactsThisHour: 5, newContactsPerDay: 20, newContactsToday: 21 },
      en.fleet.newTomorrow,
      ptBR.fleet.newTomorrow,
    ],
    ['room for new contacts', { newContactsPerDay: 20, newContactsToday: 19 }, null, null],
    ['a limit of 0, which is a setting', { newContactsPerDay: 0 }, null, null],
    [
      'new contacts, while it is draining',
      { newContactsPerDay: 1, newContactsToday: 1, draining: true },
      null,
      null,
    ],
    [
      'new contacts, while it is paused',
      { newContactsPerDay: 1, newContactsToday: 1, paused: true },
      null,
      null,
    ],
  ])('for %s', (_what, some, english, portuguese) => {
    expect(waitOf(anInstance(some), en, f, nowMs)).toBe(english)
    expect(waitOf(anInstance(some), ptBR, makeFormat('pt-BR', 'America/Sao_Paulo'), nowMs)).toBe(portuguese)
  })

  it('for new contacts is the longer one', () => {
    const limits = {
      newContactsPerHour: 1,
      newContactsPerDay: 2,
      newContactsThisHour: 1,
      newContactsToday: 2,
    }
    expect(fullForNew(limits)).toBe('day')
    expect(fullForNew({ ...limits, newContactsToday: 1 })).toBe('hour')
    expect(fullForNew({ ...limits, newContactsPerHour: null, newContactsToday: 1 })).toBeNull()
  })
})

describe('a night of a ramp in the history', () => {
  const words = (
    reason: 'RAMP_ADVANCED' | 'RAMP_HELD' | 'DELIVERING',
    evidence: Record<string, unknown> | null,
  ) => changeWords({ reason, evidence }, en, f)
  it('has the limit that it gave, and what held it', () => {
    expect(words('RAMP_ADVANCED', { limitToday: 1_046 })).toBe('the limit a day rose · 1,046 messages a day')
    expect(words('RAMP_HELD', { limitToday: 41, heldBecause: 'RESTRICTED' })).toBe(
      'the limit a day did not rise · 41 messages a day · WhatsApp restricted the number',
    )
    expect(words('RAMP_HELD', null)).toBe('the limit a day did not rise')
    expect(words('DELIVERING', { limitToday: 41 })).toBe('its messages arrive again')
    expect(changeWords({ reason: null, evidence: null }, en, f)).toBeNull()
  })
})

describe('a ramp in words', () => {
  const words = (some: object, dailyCapacity = 100) =>
    rampWords({ dailyCapacity }, { ...ramp, ...some }, en, f, nowMs)
  it('names its end, 13 days ahead', () => {
    expect(words({})).toBe('It reaches 100 on 11 Dec if nothing delays it.')
  })

  it.each([
    ['BANNED', 'WhatsApp banned the number'],
    ['RESTRICTED', 'WhatsApp restricted the number'],
    ['NOT_DELIVERING', 'its messages did not arrive'],
    ['SILENT', 'it had sent nothing for 72 hours'],
    ['OF_A_NEWER_API', 'OF_A_NEWER_API'],
  ])('names what held it: %s', (heldBecause, why) => {
    expect(words({ heldBecause })).toBe(
      `It did not rise last midnight: ${why}. It reaches 100 on 11 Dec if nothing delays it.`,
    )
  })

  it('names a lower limit per day, and its completion', () => {
    expect(words({ day: 21, limitToday: 100 }, 60)).toBe(
      'It allows 100, but the limit a day is lower. It is complete.',
    )
  })
})
