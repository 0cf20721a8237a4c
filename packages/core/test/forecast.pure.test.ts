import { describe, expect, it } from 'vitest'
import { type Budgets, DAY_MS, dayRoom, type Used } from '../src/fleet/day-room.ts'
import { type ForecastNumber, forecast } from '../src/fleet/forecast.ts'
import type { Hours } from '../src/instance/hours.ts'
import { type Ramp, rampLimit } from '../src/instance/ramp.ts'

const HOUR_MS = 3_600_000
const WORKDAYS: Hours = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '20:00' }]
/** A Monday. */
const TODAY = '2026-03-02'

const free: Budgets = {
  newContactsPerHour: null,
  newContactsPerDay: null,
  hourlyCapacity: 1_000,
  dailyCapacity: 1_000,
  rampLimit: null,
  minGapMs: 0,
  hours: null,
}
const unused: Used = {
  atMs: 0,
  sentThisHour: 0,
  sentToday: 0,
  newContactsThisHour: 0,
  newContactsToday: 0,
  freeAtMs: 0,
}

describe('the room of a day', () => {
  it.each<[string, Partial<Budgets>, number]>([
    ['without other limits the daily capacity', {}, 1_000],
    ['the limit for new contacts', { newContactsPerDay: 20 }, 20],
    ['that of an hour, in 24 hours', { newContactsPerHour: 3 }, 72],
    ['the lower of both', { newContactsPerHour: 3, newContactsPerDay: 100 }, 72],
    ['the ramp', { rampLimit: 14 }, 14],
    ['a ramp above the daily capacity', { rampLimit: 5_000 }, 1_000],
    ['the hourly capacity, in 24 hours', { hourlyCapacity: 20 }, 480],
    ['12 open hours with a gap of ten minutes', { hours: WORKDAYS, minGapMs: 600_000 }, 72],
    ['a gap that does not divide the day', { minGapMs: 7 * HOUR_MS }, 4],
    ['a gap with a limit of an hour', { minGapMs: 600_000, hourlyCapacity: 4 }, 96],
    ['hours with a limit of an hour', { hours: WORKDAYS, hourlyCapacity: 20 }, 240],
    [
      'hours that begin at half past: each clock hour has its own limit',
      { hours: [{ days: ['mon'], from: '08:30', to: '09:30' }], hourlyCapacity: 20 },
      40,
    ],
    [
      'two spans of one hour',
      {
        hours: [
          { days: ['mon'], from: '08:00', to: '08:10' },
          { days: ['mon'], from: '08:50', to: '09:00' },
        ],
        hourlyCapacity: 20,
      },
      20,
    ],
    [
      'two spans closer than the gap',
      {
        hours: [
          { days: ['mon'], from: '08:00', to: '08:10' },
          { days: ['mon'], from: '08:20', to: '08:50' },
        ],
        minGapMs: 1_800_000,
      },
      2,
    ],
    [
      'spans that overlap',
      {
        hours: [
          { days: ['mon'], from: '08:00', to: '12:00' },
          { days: ['mon'], from: '10:00', to: '14:00' },
        ],
        minGapMs: 600_000,
      },
      36,
    ],
    ['a day that is closed', { hours: [{ days: ['sun'], from: '00:00', to: '24:00' }] }, 0],
    ['a daily capacity of 0', { dailyCapacity: 0 }, 0],
    ['an hourly capacity of 0', { hourlyCapacity: 0 }, 0],
  ])('%s', (_what, budgets, room) => {
    expect(dayRoom({ ...free, ...budgets }, 'mon')).toBe(room)
  })

  it.each<[string, Partial<Budgets>, Partial<Used>, number]>([
    ['of the limit for new contacts', { newContactsPerDay: 20 }, { newContactsToday: 7 }, 13],
    ['of the daily capacity', {}, { sentToday: 990 }, 10],
    ['of the ramp', { rampLimit: 14 }, { sentToday: 10 }, 4],
    ['nothing where more was sent than the limit', { newContactsPerDay: 5 }, { newContactsToday: 9 }, 0],
    [
      'of the present hour and the later ones',
      { hourlyCapacity: 20 },
      { atMs: 22.5 * HOUR_MS, sentThisHour: 15 },
      25,
    ],
    [
      'of the new contacts of the present hour and the later ones',
      { newContactsPerHour: 4 },
      { atMs: 22 * HOUR_MS, newContactsThisHour: 3 },
      5,
    ],
    ['of the open hours', { hours: WORKDAYS, minGapMs: 600_000 }, { atMs: 19 * HOUR_MS + 1 }, 6],
    ['after the gap', { minGapMs: HOUR_MS }, { atMs: 20 * HOUR_MS, freeAtMs: 20.5 * HOUR_MS }, 4],
    ['nothing at the end of the day', { minGapMs: HOUR_MS }, { atMs: DAY_MS - 1, freeAtMs: DAY_MS }, 0],
  ])('what is left %s', (_what, budgets, used, room) => {
    expect(dayRoom({ ...free, ...budgets }, 'mon', { ...unused, ...used })).toBe(room)
  })
})

function number(name: string, more: Partial<ForecastNumber> = {}): ForecastNumber {
  return { ...free, name, reason: null, restrictedUntil: null, ramp: null, used: unused, ...more }
}

const VALUES = { from: 10, to: 100, days: 21 }
const ramp = (day: number): Ramp => ({
  ...VALUES,
  startedOn: TODAY,
  day,
  limitToday: rampLimit(VALUES, day),
  heldBecause: null,
})

describe('the forecast', () => {
  /** A banned number and four with 20 new contacts a day. */
  const survivors = [
    number('gone', { reason: 'BANNED', newContactsPerDay: 20 }),
    ...['a', 'b', 'c', 'd'].map((name) => number(name, { newContactsPerDay: 20 })),
  ]

  it('1,000 contacts of a banned number and four numbers with 20 new ones a day: 80 a day, 13 days', () => {
    expect(forecast(survivors, { newContactsPerDay: 0, waiting: 1_000 }, TODAY)).toMatchObject({
      remainingToday: 80,
      perDay: { today: 80, afterRamps: 80 },
      sufficientDays: null,
      sufficientFrom: TODAY,
      daysForOneDay: 0,
      waiting: { contacts: 1_000, days: 13, until: '2026-03-14' },
      short: null,
      unlimited: [],
    })
    expect(forecast(survivors, { newContactsPerDay: 1_000 }, TODAY)).toMatchObject({
      sufficientDays: 0,
      sufficientFrom: null,
      daysForOneDay: 13,
      waiting: null,
      short: {
        day: TODAY,
        missing: 920,
        causes: [
          { reason: 'NEW_CONTACT_LIMIT', names: ['a', 'b', 'c', 'd'], newContacts: 3_920 },
          { reason: 'BANNED', names: ['gone'], newContacts: 20 },
        ],
      },
    })
  })

  it('those who wait come after the new ones of each day, and today counts with what is left of it', () => {
    const waitingWith = (newContactsPerDay: number, waiting: number, used: Partial<Used> = {}) =>
      forecast(
        survivors.map((one) => ({ ...one, used: { ...unused, ...used } })),
        { newContactsPerDay, waiting },
        TODAY,
      ).waiting
    expect(waitingWith(80, 1_000)).toEqual({ contacts: 1_000, days: null, until: null })
    expect(waitingWith(60, 100)).toEqual({ contacts: 100, days: 5, until: '2026-03-06' })
    expect(waitingWith(0, 1_000, { newContactsToday: 20 })).toEqual({
      contacts: 1_000,
      days: 13,
      until: '2026-03-15',
    })
    expect(waitingWith(0, 1_000, { newContactsToday: 10 })).toEqual({
      contacts: 1_000,
      days: 13,
      until: '2026-03-14',
    })
    expect(waitingWith(0, 0)).toEqual({ contacts: 0, days: 0, until: TODAY })
  })

  it('ramps grow each night, and the plan is enough once they have grown', () => {
    const grown = forecast([number('a', { ramp: ramp(10) })], { newContactsPerDay: 60 }, TODAY)
    expect(grown).toMatchObject({
      perDay: { today: 50, afterRamps: 100 },
      days: [50, 55, 59, 64, 68, 73, 77].map((newContacts, n) => ({ day: `2026-03-0${2 + n}`, newContacts })),
      sufficientDays: 0,
      sufficientFrom: '2026-03-05',
      daysForOneDay: 2,
      short: { day: TODAY, missing: 10, causes: [{ reason: 'RAMP', names: ['a'], newContacts: 950 }] },
      unlimited: ['a'],
    })
    expect(
      forecast([number('a', { ramp: ramp(21) })], { newContactsPerDay: 100 }, TODAY).sufficientDays,
    ).toBeNull()
  })

  it('hours close the weekend', () => {
    const closed = forecast(
      [number('a', { hours: WORKDAYS, minGapMs: 600_000 })],
      { newContactsPerDay: 72, waiting: 10 },
      TODAY,
    )
    expect(closed).toMatchObject({
      perDay: { today: 72 },
      sufficientDays: 5,
      sufficientFrom: null,
      daysForOneDay: 1,
      waiting: { days: null },
      short: {
        day: '2026-03-07',
        missing: 72,
        causes: [{ reason: 'OUTSIDE_HOURS', names: ['a'], newContacts: 144 }],
      },
    })
    expect(closed.days.map(({ newContacts }) => newContacts)).toEqual([72, 72, 72, 72, 72, 0, 0])
  })

  it('a restriction with an end counts again from the day after it, and one without an end never', () => {
    const restricted = (restrictedUntil: string | null) =>
      forecast(
        [number('a', { reason: 'RESTRICTED', restrictedUntil, newContactsPerDay: 20 })],
        { newContactsPerDay: 20, waiting: 40 },
        TODAY,
      )
    expect(restricted('2026-03-03')).toMatchObject({
      remainingToday: 0,
      perDay: { today: 0, afterRamps: 0 },
      sufficientFrom: '2026-03-04',
      daysForOneDay: 3,
      waiting: { days: null },
      short: { day: TODAY, missing: 20, causes: [{ reason: 'RESTRICTED', names: ['a'], newContacts: 20 }] },
    })
    expect(restricted(null)).toMatchObject({ sufficientFrom: null, daysForOneDay: null })
  })

  it('names each limit that keeps a number from more, and the first of limits that are equal', () => {
    const causes = forecast(
      [
        number('pace', { minGapMs: HOUR_MS }),
        number('hourly', { hourlyCapacity: 2 }),
        number('daily', { dailyCapacity: 30 }),
        number('both', { newContactsPerDay: 10, dailyCapacity: 10 }),
        number('closed', { hours: WORKDAYS, minGapMs: HOUR_MS }),
        number('paused', { reason: 'PAUSED', dailyCapacity: 7 }),
      ],
      { newContactsPerDay: 1_000_000 },
      TODAY,
    ).short?.causes
    expect(causes).toEqual(
      [
        { reason: 'PACING', names: ['closed', 'pace'], newContacts: 976 + 988 },
        { reason: 'DAILY_LIMIT', names: ['daily'], newContacts: 23_970 },
        { reason: 'HOURLY_LIMIT', names: ['hourly'], newContacts: 952 },
        { reason: 'OUTSIDE_HOURS', names: ['closed'], newContacts: 12 },
        { reason: 'PAUSED', names: ['paused'], newContacts: 7 },
        { reason: 'NEW_CONTACT_LIMIT', names: ['both'], newContacts: 0 },
      ].sort((one, other) => other.newContacts - one.newContacts),
    )
  })

  it('a fleet without numbers takes nothing', () => {
    expect(forecast([], { newContactsPerDay: 5, waiting: 5 }, TODAY)).toMatchObject({
      remainingToday: 0,
      perDay: { today: 0, afterRamps: 0 },
      sufficientDays: 0,
      daysForOneDay: null,
      waiting: { contacts: 5, days: null, until: null },
      short: { day: TODAY, missing: 5, causes: [] },
    })
  })
})
