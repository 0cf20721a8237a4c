import { describe, expect, it } from 'vitest'
import {
  type Hours,
  hoursWords,
  isOpenAt,
  type LocalTime,
  openingWords,
  readEnd,
  readTime,
} from '../src/number/hours.ts'
import { en } from '../src/words/en.ts'
import { makeFormat } from '../src/words/format.ts'
import { ptBR } from '../src/words/pt-br.ts'

const weekdays: Hours = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '20:00' }]
const night: Hours = [
  { days: ['fri', 'sat'], from: '22:00', to: '24:00' },
  { days: ['sat', 'sun'], from: '00:00', to: '06:00' },
]

it.each([
  ['8', '08:00'],
  ['08:00', '08:00'],
  ['8:30', '08:30'],
  ['0830', '08:30'],
  ['830', '08:30'],
  [' 8h ', '08:00'],
  ['8h30', '08:30'],
  ['20.15', '20:15'],
  ['23:59', '23:59'],
  ['24:00', null],
  ['8:3', null],
  ['8:60', null],
  ['25', null],
  ['eight', null],
  ['', null],
])('reads %j as the time %j', (text, time) => {
  expect(readTime(text)).toBe(time)
})

it.each([
  ['20', '20:00'],
  ['24', '24:00'],
  ['24:00', '24:00'],
  ['2400', '24:00'],
  ['00:00', '24:00'],
  ['0', '24:00'],
  ['24:01', null],
  ['', null],
])('reads %j as the end %j', (text, time) => {
  expect(readEnd(text)).toBe(time)
})

describe('hours in words', () => {
  it.each<[Hours, string, string]>([
    [weekdays, 'Mon–Fri 08:00–20:00', 'seg–sex 08:00–20:00'],
    [
      [...weekdays, { days: ['sat'], from: '09:00', to: '13:00' }],
      'Mon–Fri 08:00–20:00, Sat 09:00–13:00',
      'seg–sex 08:00–20:00, sáb 09:00–13:00',
    ],
    [[{ days: ['sun', 'sat'], from: '10:00', to: '24:00' }], 'Sat, Sun 10:00–24:00', 'sáb, dom 10:00–24:00'],
    [
      [{ days: ['wed', 'mon', 'thu', 'fri', 'sun'], from: '00:00', to: '12:00' }],
      'Mon, Wed–Fri, Sun 00:00–12:00',
      'seg, qua–sex, dom 00:00–12:00',
    ],
    [
      [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '08:00', to: '22:00' }],
      'every day 08:00–22:00',
      'todos os dias 08:00–22:00',
    ],
  ])('%j', (hours, english, portuguese) => {
    expect(hoursWords(hours, en)).toBe(english)
    expect(hoursWords(hours, ptBR)).toBe(portuguese)
  })
})

describe('the next opening', () => {
  it.each<[Hours, LocalTime, string]>([
    [weekdays, { day: 'sat', time: '20:01' }, 'Mon at 08:00'],
    [weekdays, { day: 'sun', time: '23:59' }, 'tomorrow at 08:00'],
    [weekdays, { day: 'mon', time: '07:59' }, 'at 08:00'],
    [weekdays, { day: 'fri', time: '20:00' }, 'Mon at 08:00'],
    [weekdays, { day: 'tue', time: '20:00' }, 'tomorrow at 08:00'],
    [night, { day: 'fri', time: '21:59' }, 'at 22:00'],
    [night, { day: 'sun', time: '06:00' }, 'Fri at 22:00'],
    [[{ days: ['mon'], from: '08:00', to: '09:00' }], { day: 'mon', time: '09:00' }, 'Mon at 08:00'],
  ])('of %j at %j is %s', (hours, now, words) => {
    expect(isOpenAt(hours, now)).toBe(false)
    expect(openingWords(hours, now, en)).toBe(words)
  })

  it('hours are open from their start to below their end, also over midnight in two spans', () => {
    expect(isOpenAt(weekdays, { day: 'mon', time: '08:00' })).toBe(true)
    expect(isOpenAt(weekdays, { day: 'mon', time: '19:59' })).toBe(true)
    expect(isOpenAt(night, { day: 'fri', time: '23:59' })).toBe(true)
    expect(isOpenAt(night, { day: 'sat', time: '00:00' })).toBe(true)
  })
})

it('the wall time is that of the zone of the fleet', () => {
  const f = makeFormat('pt-BR', 'America/Sao_Paulo')
  expect(f.wallTime(Date.parse('2026-11-29T02:30:00Z'))).toEqual({ day: 'sat', time: '23:30' })
  expect(f.wallTime(Date.parse('2026-11-29T03:00:00Z'))).toEqual({ day: 'sun', time: '00:00' })
  expect(f.dayAhead(20, Date.parse('2026-11-29T02:30:00Z'))).toBe('18/12')
  // The night in which the clocks of New York are set back has 25 hours.
  const newYork = makeFormat('en-GB', 'America/New_York')
  expect(newYork.dayAhead(1, Date.parse('2026-11-01T04:10:00Z'))).toBe('2 Nov')
})
