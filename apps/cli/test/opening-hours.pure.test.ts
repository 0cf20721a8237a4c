import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Hours, hoursText, readOpeningHours } from '../src/opening-hours.ts'

const WEEK = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

describe('hours as people write them', () => {
  it.each([
    ['mon-fri 08:00-20:00', [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '20:00' }]],
    [
      'seg-sex 08:00-20:00; sáb 09:00-13:00',
      [
        { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '20:00' },
        { days: ['sat'], from: '09:00', to: '13:00' },
      ],
    ],
    ['SAB 9:00-13:00', [{ days: ['sat'], from: '09:00', to: '13:00' }]],
    ['dom 8h-12h30', [{ days: ['sun'], from: '08:00', to: '12:30' }]],
    ['sat-mon 10:00-24:00', [{ days: ['mon', 'sat', 'sun'], from: '10:00', to: '24:00' }]],
    ['wed, mon 08:00 – 09:00', [{ days: ['mon', 'wed'], from: '08:00', to: '09:00' }]],
    [
      'ter,qui 08:00-12:00, 13:30-18:00',
      [
        { days: ['tue', 'thu'], from: '08:00', to: '12:00' },
        { days: ['tue', 'thu'], from: '13:30', to: '18:00' },
      ],
    ],
  ])('%s', (text, hours) => {
    expect(readOpeningHours(text)).toEqual(hours)
  })

  it.each([
    ['', 'days', ''],
    ['08:00-20:00', 'days', '08:00-20:00'],
    ['weekdays 08:00-20:00', 'days', 'weekdays'],
    ['mon-tue-wed 08:00-20:00', 'days', 'mon-tue-wed'],
    ['mon-fri 08:00-20:00; ', 'days', ''],
    ['mon-fri', 'times', 'mon-fri'],
    ['mon 08:00', 'times', '08:00'],
    ['mon 08:00-25:00', 'times', '08:00-25:00'],
    ['mon 24:00-24:00', 'times', '24:00-24:00'],
    ['mon 08:60-20:00', 'times', '08:60-20:00'],
    ['mon 22:00-02:00', 'order', '22:00-02:00'],
    ['mon 08:00-08:00', 'order', '08:00-08:00'],
  ])('"%s" is refused, with the part that is not understood', (text, misread, part) => {
    expect(readOpeningHours(text)).toEqual({ misread, part })
  })
})

describe('hours as text', () => {
  it.each([
    [[...WEEK], 'mon-sun', 'seg-dom'],
    [['mon', 'tue', 'wed', 'thu', 'fri'], 'mon-fri', 'seg-sex'],
    [['sat', 'sun'], 'sat,sun', 'sáb,dom'],
    [['mon', 'wed', 'thu', 'fri'], 'mon,wed-fri', 'seg,qua-sex'],
  ] as const)('%j', (days, english, portuguese) => {
    const hours: Hours = [{ days: [...days], from: '08:00', to: '20:00' }]
    expect(hoursText(hours, false)).toBe(`${english} 08:00-20:00`)
    expect(hoursText(hours, true)).toBe(`${portuguese} 08:00-20:00`)
  })

  it('is read again as the same hours, in both languages', () => {
    const time = fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    const textOf = ([hour, minute]: [number, number]) =>
      `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
    const span = fc
      .record({
        days: fc.subarray([...WEEK], { minLength: 1 }),
        from: time.map(textOf),
        to: time.map(textOf),
      })
      .map(({ days, from, to }) => ({ days, from, to: from < to ? to : '24:00' }))
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 6 }), fc.boolean(), (hours, isPortuguese) => {
        expect(readOpeningHours(hoursText(hours, isPortuguese))).toEqual(hours)
      }),
    )
  })
})
