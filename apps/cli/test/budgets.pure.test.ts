import { INSTANCE_LIMITS } from '@zapfleet/client'
import { InvalidArgumentError } from 'commander'
import { describe, expect, it } from 'vitest'
import {
  gapArgument,
  hoursArgument,
  maxWaitArgument,
  newContactsArgument,
  rampArgument,
} from '../src/budget-arguments.ts'
import { budgetRows } from '../src/budget-words.ts'
import type { Instance } from '../src/connection/open-client.ts'
import { inLanguage } from '../src/language.ts'
import { noteOf } from '../src/words.ts'

const number = (fields: Partial<Instance>): Instance =>
  ({
    status: 'connected',
    statusReason: null,
    unavailableReason: null,
    paused: false,
    pauseReason: null,
    draining: false,
    dailyCapacity: 100,
    newContactsPerHour: null,
    newContactsPerDay: null,
    newContactsThisHour: 0,
    newContactsToday: 0,
    minGapMs: 0,
    ramp: null,
    hours: null,
    ...fields,
  }) as Instance

const ramp = {
  from: 10,
  to: 100,
  days: 21,
  startedOn: '2026-11-01',
  day: 8,
  limitToday: 41,
  heldBecause: null,
}

describe('an argument', () => {
  it.each([
    [newContactsArgument, '20', 20],
    [newContactsArgument, '0', 0],
    [newContactsArgument, 'none', 'none'],
    [newContactsArgument, 'nenhum', 'none'],
    [gapArgument, '20s', 20_000],
    [gapArgument, '1.5s', 1_500],
    [gapArgument, '1,5 s', 1_500],
    [gapArgument, '1500ms', 1_500],
    [gapArgument, '2min', 120_000],
    [gapArgument, '1h', INSTANCE_LIMITS.minGapMsMax],
    [gapArgument, '0s', 0],
    [gapArgument, 'none', 0],
    [maxWaitArgument, '30s', 30_000],
    [maxWaitArgument, '2m', 120_000],
    [rampArgument, '10:100:21', { from: 10, to: 100, days: 21 }],
    [rampArgument, '5:5:2', { from: 5, to: 5, days: 2 }],
    [rampArgument, 'None', 'none'],
    [hoursArgument, 'nenhum', 'none'],
    [hoursArgument, 'fri 08:00-12:00', [{ days: ['fri'], from: '08:00', to: '12:00' }]],
  ])('%o reads %s as %j', (read: (text: string) => unknown, text, value) => {
    expect(read(text)).toEqual(value)
  })

  it.each([
    [newContactsArgument, '-1', 'Expected a whole number from 0 to 1000000, or none'],
    [newContactsArgument, '1000001', 'Expected a whole number from 0 to 1000000, or none'],
    [newContactsArgument, 'all', 'Expected a whole number from 0 to 1000000, or none'],
    [gapArgument, '20', 'with its unit, such as 20s'],
    [gapArgument, '61m', 'at most an hour'],
    [gapArgument, '2 weeks', 'with its unit, such as 20s'],
    [maxWaitArgument, '121s', 'at most two minutes'],
    [maxWaitArgument, 'none', 'at most two minutes'],
    [rampArgument, '10:100', 'Expected from:to:days, such as 10:100:21'],
    [rampArgument, '0:100:21', 'Expected from:to:days, such as 10:100:21'],
    [rampArgument, '10:9999999:21', 'Expected from:to:days, such as 10:100:21'],
    [rampArgument, '100:10:21', 'The ramp ends below its start'],
    [rampArgument, '10:100:1', 'Expected 2 to 365 days, received 1.'],
    [rampArgument, '10:100:366', 'Expected 2 to 365 days, received 366.'],
    [hoursArgument, 'always', '"always" is no day'],
    [hoursArgument, 'mon 8-20', '"8-20" is no span of time'],
    [hoursArgument, 'mon 22:00-02:00', 'write a span over midnight as two'],
    [hoursArgument, Array(29).fill('mon 08:00-09:00').join(';'), 'Expected at most 28 spans, received 29.'],
  ])('%o refuses %s', (read: (text: string) => unknown, text, words) => {
    expect(() => read(text)).toThrow(InvalidArgumentError)
    expect(() => read(text)).toThrow(words)
  })
})

describe('the lines of a number', () => {
  it('are none where nothing limits it, also for an API of an earlier release', () => {
    expect(budgetRows(number({}))).toEqual([])
    expect(budgetRows({ draining: false } as Instance)).toEqual([])
  })

  it('name each limit in plain words', () => {
    const limited = number({
      newContactsPerHour: 5,
      newContactsThisHour: 1,
      newContactsPerDay: 20,
      newContactsToday: 3,
      minGapMs: 20_000,
      ramp: { ...ramp, heldBecause: 'RESTRICTED' },
      hours: [
        { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '20:00' },
        { days: ['sat'], from: '09:00', to: '13:00' },
      ],
    })
    expect(budgetRows(limited)).toEqual([
      ['New people', '1 of 5 this hour, 3 of 20 today'],
      ['Gap', 'at least 20 s between two messages'],
      ['Ramp', '10 to 100, day 8 of 21: 41 today, held: restricted on the day before'],
      ['Hours', 'mon-fri 08:00-20:00; sat 09:00-13:00 in the fleet’s time zone, replies at any time'],
    ])
    expect(inLanguage('pt-BR', () => budgetRows(limited))).toEqual([
      ['Novos', '1 de 5 nesta hora, 3 de 20 hoje'],
      ['Intervalo', 'ao menos 20 s entre duas mensagens'],
      ['Rampa', 'de 10 a 100, dia 8 de 21: 41 hoje, parada: com restrição no dia anterior'],
      ['Horário', 'seg-sex 08:00-20:00; sáb 09:00-13:00 no fuso da frota, respostas a qualquer hora'],
    ])
  })

  it.each([
    [{ draining: true, newContactsPerDay: 20 }, [['New people', 'none while it drains']]],
    [{ newContactsPerDay: 0 }, [['New people', '0 of 0 today']]],
    [{ minGapMs: 120_000 }, [['Gap', 'at least 2 min between two messages']]],
    [{ minGapMs: 1_500 }, [['Gap', 'at least 1.5 s between two messages']]],
    [{ ramp }, [['Ramp', '10 to 100, day 8 of 21: 41 today']]],
    [
      { ramp: { ...ramp, heldBecause: 'NEWER_REASON' } },
      [['Ramp', '10 to 100, day 8 of 21: 41 today, held: NEWER_REASON']],
    ],
  ])('of %j are %j', (fields, rows) => {
    expect(budgetRows(number(fields as Partial<Instance>))).toEqual(rows)
  })
})

it.each([
  [{ unavailableReason: 'OUTSIDE_HOURS' }, 'outside its hours', 'fora do horário'],
  [{ newContactsPerDay: 20, newContactsToday: 20 }, 'no room for new people', 'sem vaga para pessoas novas'],
  [
    { newContactsPerHour: 5, newContactsThisHour: 6 },
    'no room for new people',
    'sem vaga para pessoas novas',
  ],
  [{ newContactsPerDay: 20, newContactsToday: 19 }, '', ''],
  [
    { unavailableReason: 'DAILY_LIMIT', newContactsPerDay: 1, newContactsToday: 1 },
    'daily limit reached, no room for new people',
    'limite do dia atingido, sem vaga para pessoas novas',
  ],
] as const)('the note of %j is in the language of the person', (fields, english, portuguese) => {
  expect(noteOf(number(fields))).toBe(english)
  expect(inLanguage('pt-BR', () => noteOf(number(fields)))).toBe(portuguese)
})
