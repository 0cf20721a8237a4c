import { expect, it } from 'vitest'
import { rampLimit, type StoredRamp } from '../../src/instance/ramp.ts'
import { nextRamp, type RampDay } from '../../src/schedule/next-ramp.ts'

const VALUES = { from: 10, to: 100, days: 21 }
const good: Omit<RampDay, 'day'> = { banned: false, restricted: false, failing: false, silent: false }

/** The local day of March 2026 on which a ramp that begins on March 1 is on this day, when nothing holds it. */
const date = (day: number): string => `2026-03-${String(day).padStart(2, '0')}`

function ramp(day: number, more: Partial<StoredRamp> = {}): StoredRamp {
  return {
    ...VALUES,
    startedOn: date(1),
    day,
    limitToday: rampLimit(VALUES, day),
    heldBecause: null,
    advancedOn: date(day),
    ...more,
  }
}

const days = (from: number, ...evidence: Partial<RampDay>[]): RampDay[] =>
  evidence.map((one, n) => ({ day: date(from + n), ...good, ...one }))

it.each([
  [1, 10],
  [2, 14],
  [8, 41],
  [11, 55],
  [20, 95],
  [21, 100],
])('day %i of 10 to 100 in 21 days has the limit %i', (day, limit) => {
  expect(rampLimit(VALUES, day)).toBe(limit)
})

type Case = [string, StoredRamp, RampDay[], string, Partial<StoredRamp>]

it.each<Case>([
  ['a good day', ramp(1), days(1, {}), date(2), { day: 2, limitToday: 14, heldBecause: null }],
  [
    'a restriction on day 8',
    ramp(8),
    days(8, { restricted: true }),
    date(9),
    { day: 8, limitToday: 41, heldBecause: 'RESTRICTED' },
  ],
  [
    'the day after it',
    ramp(8, { heldBecause: 'RESTRICTED', advancedOn: date(9) }),
    days(9, {}),
    date(10),
    { day: 9, limitToday: 46, heldBecause: null },
  ],
  ['a ban', ramp(3), days(3, { banned: true }), date(4), { day: 3, heldBecause: 'BANNED' }],
  [
    'a delivery that fails',
    ramp(3),
    days(3, { failing: true }),
    date(4),
    { day: 3, heldBecause: 'NOT_DELIVERING' },
  ],
  ['silence', ramp(3), days(3, { silent: true }), date(4), { day: 3, heldBecause: 'SILENT' }],
  [
    'all of them: the first reason',
    ramp(3),
    days(3, { banned: true, restricted: true, failing: true, silent: true }),
    date(4),
    { day: 3, heldBecause: 'BANNED' },
  ],
  ['three nights at once', ramp(1), days(1, {}, {}, {}), date(4), { day: 4, limitToday: 23 }],
  [
    'three nights at once, the second of which holds',
    ramp(1),
    days(1, {}, { restricted: true }, {}),
    date(4),
    { day: 3, limitToday: 19, heldBecause: null },
  ],
  [
    'three nights at once, the last of which holds',
    ramp(1),
    days(1, {}, {}, { banned: true }),
    date(4),
    { day: 3, limitToday: 19, heldBecause: 'BANNED' },
  ],
  [
    'nights of which no evidence is left',
    ramp(1),
    days(20, { silent: true }, {}),
    date(22),
    { day: 2, limitToday: 14, heldBecause: null },
  ],
  [
    'days before the last night, and today',
    ramp(5),
    days(3, {}, {}, {}, {}),
    date(6),
    { day: 6, limitToday: 32 },
  ],
  ['the night to the last day', ramp(20), days(20, {}), date(21), { day: 21, limitToday: 100 }],
  [
    'nights beyond the last day',
    ramp(20),
    days(20, {}, { banned: true }),
    date(22),
    { day: 21, limitToday: 100, heldBecause: null },
  ],
])('%s', (_what, before, evidence, today, after) => {
  expect(nextRamp(before, evidence, today)).toEqual({ ...before, ...after, advancedOn: today })
})

it.each<[string, StoredRamp, string]>([
  ['is on its last day', ramp(21), date(25)],
  ['was advanced today', ramp(5), date(5)],
  ['was advanced by a clock that was ahead', ramp(5), date(4)],
])('a ramp that %s stays as it is', (_what, before, today) => {
  expect(nextRamp(before, days(1, ...Array.from({ length: 24 }, () => ({}))), today)).toBe(before)
})

it('any split of the nights over runs gives the same ramp', () => {
  const bad: Partial<RampDay>[] = [
    {},
    { banned: true },
    {},
    {},
    { silent: true },
    { restricted: true },
    {},
    { failing: true },
    {},
  ]
  const evidence = days(1, ...bad)
  const nightly = evidence.reduce((before, _one, n) => nextRamp(before, evidence, date(n + 2)), ramp(1))
  for (let split = 1; split < evidence.length; split++) {
    const first = nextRamp(ramp(1), evidence, date(split))
    expect(nextRamp(first, evidence, date(evidence.length + 1))).toEqual(nightly)
  }
  expect(nightly).toMatchObject({ day: 6, limitToday: 32, heldBecause: null })
})

it('a ramp of two days, and one that stays level', () => {
  const two = { ...ramp(1), from: 5, to: 6, days: 2, limitToday: 5 }
  expect(nextRamp(two, days(1, {}), date(2))).toMatchObject({ day: 2, limitToday: 6 })
  const level = { ...ramp(1), from: 7, to: 7, days: 3, limitToday: 7 }
  expect(nextRamp(level, days(1, {}), date(2))).toMatchObject({ day: 2, limitToday: 7 })
})
