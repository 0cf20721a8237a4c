import { describe, expect, it } from 'vitest'
import { readHours } from '../../src/instance/hours.ts'
import type { Candidate } from '../../src/selection/candidate.ts'
import { createPool } from '../../src/selection/pool.ts'
import { NO_ACQUAINTANCE, type Recipient } from '../../src/selection/recipient.ts'
import { availableAgainMs, refusalReason } from '../../src/selection/refusal.ts'
import { strategies } from '../../src/selection/strategies.ts'
import { idle } from './arbitraries.ts'

const NOW = Date.parse('2026-03-10T13:59:30.000Z')
const ENDS = { nextHourMs: Date.parse('2026-03-10T14:00:00Z'), nextDayMs: Date.parse('2026-03-11T03:00:00Z') }
const CLOSED = readHours([{ days: ['wed'], from: '08:00', to: '20:00' }], 'America/Sao_Paulo')
/** Closes 15 s after NOW is over, opens the next day at 8. */
const CLOSES_SOON = readHours([{ days: ['tue', 'wed'], from: '08:00', to: '10:59' }], 'America/Sao_Paulo')
const candidate = (more: Partial<Candidate> = {}): Candidate => ({ ...idle('a'), turn: 0, ...more })
const recipient = (more: Partial<Recipient> = {}): Recipient => ({
  ...NO_ACQUAINTANCE,
  pool: null,
  own: null,
  isPerson: true,
  mayProbe: true,
  mayProbeAsNew: true,
  atMs: NOW,
  maxWaitMs: 0,
  hourEndsMs: ENDS.nextHourMs,
  ...more,
})
const names = new Set(['a'])
const counting = { newContactsPerHour: 1, newContactsPerDay: 5, newContactsThisHour: 1, newContactsToday: 1 }
const paced = { minGapMs: 20_000, lastSentAtMs: NOW - 5_000 }
const closed = { isOutsideHours: true, open: CLOSED }

describe('why a number with budgets does not serve', () => {
  it.each<[string, Partial<Candidate>, Partial<Recipient>, string | null]>([
    ['no room for a new contact', counting, {}, 'NEW_CONTACT_LIMIT'],
    ['its own contact needs none', counting, { own: 'a' }, null],
    ['a known contact needs none', counting, { knownBy: names }, null],
    ['a contact that was counted today needs none', counting, { countedBy: names }, null],
    ['a group or no contact needs none', counting, { isPerson: false }, null],
    [
      'room in the hour and none in the day',
      { ...counting, newContactsThisHour: 0, newContactsToday: 5 },
      {},
      'NEW_CONTACT_LIMIT',
    ],
    ['the gap is not over', paced, {}, 'PACING'],
    ['the gap is over within the wait', paced, { maxWaitMs: 15_000 }, null],
    ['a wait that is a millisecond too short', paced, { maxWaitMs: 14_999 }, 'PACING'],
    ['the slot is in the next hour', { ...paced, minGapMs: 35_000 }, { maxWaitMs: 120_000 }, 'PACING'],
    ['closed', closed, {}, 'OUTSIDE_HOURS'],
    ['closed for its own contact too', closed, { own: 'a' }, 'OUTSIDE_HOURS'],
    [
      'closed, and the message is a reply',
      closed,
      { repliesTo: new Map([['a', NOW + 3_600_000]]), knownBy: names },
      null,
    ],
    ['draining comes before closed', { ...closed, isDraining: true }, {}, 'DRAINING'],
    ['closed comes before full', { ...closed, sentToday: 100, dailyCapacity: 100 }, {}, 'OUTSIDE_HOURS'],
    [
      'full comes before new contacts',
      { ...counting, sentToday: 100, dailyCapacity: 100 },
      {},
      'DAILY_LIMIT',
    ],
    ['restricted comes before new contacts', { ...counting, isRestricted: true }, {}, 'RESTRICTED'],
    ['new contacts come before the gap', { ...counting, ...paced }, {}, 'NEW_CONTACT_LIMIT'],
  ])('%s', (_, facts, of, reason) => {
    expect(refusalReason(candidate(facts), undefined, recipient(of))).toBe(reason)
  })
})

describe('when it can serve again', () => {
  const at = (iso: string): number => Date.parse(iso)
  it.each<[string, Partial<Candidate>, Partial<Recipient>, number | null]>([
    ['new contacts of the hour', counting, {}, ENDS.nextHourMs],
    ['new contacts of the day', { ...counting, newContactsToday: 5 }, {}, ENDS.nextDayMs],
    ['a limit of zero', { ...counting, newContactsPerDay: 0 }, {}, null],
    ['the gap', paced, {}, NOW + 15_000],
    ['the hours', closed, {}, at('2026-03-11T11:00:00Z')],
    [
      'new contacts of the hour, then the gap',
      { ...counting, minGapMs: 3_600_000, lastSentAtMs: NOW },
      {},
      NOW + 3_600_000,
    ],
    [
      'a full hour, then no room for new contacts that day',
      { ...counting, newContactsToday: 5, sentThisHour: 20, hourlyCapacity: 20 },
      {},
      ENDS.nextDayMs,
    ],
    [
      'a restriction, then a limit of zero',
      { ...counting, newContactsPerDay: 0, isRestricted: true, restrictedUntilMs: NOW + 60_000 },
      {},
      null,
    ],
    ['a gap whose end is closed', { ...paced, open: CLOSES_SOON }, {}, at('2026-03-11T11:00:00Z')],
    [
      'a reply outside the hours waits for the gap alone',
      { ...closed, ...paced },
      { repliesTo: new Map([['a', NOW + 3_600_000]]), knownBy: names },
      NOW + 15_000,
    ],
    [
      'a reply that is none any more when the gap is over',
      { ...closed, ...paced },
      { repliesTo: new Map([['a', NOW + 15_000]]), knownBy: names },
      at('2026-03-11T11:00:00Z'),
    ],
    ['a restriction without an end', { isRestricted: true }, {}, null],
    [
      'a full day that ends while it is closed',
      { open: CLOSED, sentToday: 100, dailyCapacity: 100 },
      {},
      at('2026-03-11T11:00:00Z'),
    ],
  ])('%s', (_, facts, of, againMs) => {
    const one = candidate(facts)
    const reason = refusalReason(one, undefined, recipient(of))
    expect(availableAgainMs(one, reason, ENDS, recipient(of))).toBe(againMs)
  })
})

describe('the choice among numbers with gaps', () => {
  it('prefers one that is free now, then the shortest wait, then the strategy', () => {
    const pool = createPool()
    const of = (name: string, lastSentAtMs: number, sentToday: number) => ({
      ...idle(name),
      minGapMs: 20_000,
      lastSentAtMs,
      sentToday,
    })
    pool.update([of('a', NOW - 5_000, 0), of('b', NOW - 10_000, 5), of('c', NOW - 60_000, 9)])
    const waiting = recipient({ maxWaitMs: 25_000 })
    const order = pool.ranking(strategies.least_loaded, undefined, waiting).map(({ name }) => name)
    expect(order).toEqual(['c', 'b', 'a'])
    const served: string[] = []
    for (;;) {
      const next = pool.next(strategies.least_loaded, undefined, waiting)
      if (!next) break
      served.push(next.name)
      pool.take(next, strategies.least_loaded, { atMs: NOW })
    }
    expect(served).toEqual(['c', 'b', 'a', 'c'])
  })
})
