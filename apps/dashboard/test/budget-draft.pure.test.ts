import { updateInstanceInput } from '@zapfleet/core'
import { describe, expect, it } from 'vitest'
import {
  type BudgetDraft,
  budgetOf,
  budgetProblems,
  budgetWarnings,
  newRamp,
  partsOf,
  readBudget,
  type SpanDraft,
} from '../src/number/budget-draft.ts'
import { en } from '../src/words/en.ts'
import { makeFormat } from '../src/words/format.ts'
import { anInstance } from './an-instance.ts'

const f = makeFormat('en-GB', 'America/Sao_Paulo')
const workweek: SpanDraft = {
  key: 0,
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  from: '08:00',
  to: '20:00',
}
const none: BudgetDraft = { newHourly: '', newDaily: '', gap: '', ramp: null, hours: null }
const all: BudgetDraft = {
  newHourly: '5',
  newDaily: '20',
  gap: '20',
  ramp: { from: '10', to: '100', days: '21' },
  hours: [workweek],
}

describe('a number without these limits', () => {
  it('has an empty draft, no problem and no change', () => {
    expect(budgetOf(anInstance(), f)).toEqual(none)
    expect(partsOf(none)).toEqual([])
    expect(budgetProblems(none, en, f)).toEqual({})
    expect(readBudget(none, none)).toEqual({})
  })
})

describe('the changes of a draft', () => {
  it('are all limits where none was stored, in the form that the API takes', () => {
    const changes = readBudget(all, none)
    expect(changes).toEqual({
      newContactsPerHour: 5,
      newContactsPerDay: 20,
      minGapMs: 20_000,
      ramp: { from: 10, to: 100, days: 21 },
      hours: [{ days: workweek.days, from: '08:00', to: '20:00' }],
    })
    expect(updateInstanceInput.parse({ name: 'vendas-01', ...changes })).toMatchObject(changes)
  })

  it('are nulls and no gap where all limits are removed', () => {
    expect(readBudget(none, all)).toEqual({
      newContactsPerHour: null,
      newContactsPerDay: null,
      minGapMs: 0,
      ramp: null,
      hours: null,
    })
  })

  it.each<[string, Partial<BudgetDraft>, object]>([
    ['nothing', {}, {}],
    ['the same numbers, written in another way', { newHourly: ' 05', gap: '20,0' }, {}],
    ['the same hours, written in another way', { hours: [{ ...workweek, key: 9, from: '8h' }] }, {}],
    [
      'the same days in another order',
      { hours: [{ ...workweek, days: ['fri', 'thu', 'wed', 'tue', 'mon'] }] },
      {},
    ],
    ['a limit of 0', { newDaily: '0' }, { newContactsPerDay: 0 }],
    ['no limit', { newDaily: ' ' }, { newContactsPerDay: null }],
    ['a part of a second', { gap: '1.5' }, { minGapMs: 1_500 }],
    ['a comma', { gap: '0,25' }, { minGapMs: 250 }],
    [
      'a longer ramp',
      { ramp: { from: '10', to: '100', days: '30' } },
      { ramp: { from: 10, to: 100, days: 30 } },
    ],
    [
      'hours to midnight',
      { hours: [{ key: 0, days: ['sat'], from: '9', to: '00:00' }] },
      { hours: [{ days: ['sat'], from: '09:00', to: '24:00' }] },
    ],
  ])('with %s', (_what, some, changes) => {
    expect(readBudget({ ...all, ...some }, all)).toEqual(changes)
  })

  it('contain an invalid text, so that the form does not look saved', () => {
    for (const some of [
      { newHourly: 'many' },
      { gap: 'x' },
      { ramp: { from: 'x', to: '100', days: '21' } },
      { hours: [{ ...workweek, from: 'noon' }] },
    ] satisfies Partial<BudgetDraft>[])
      expect(Object.keys(readBudget({ ...all, ...some }, all))).toHaveLength(1)
  })
})

describe('the problems of a draft', () => {
  const span = { key: 3, days: ['mon'] as const, from: '08:00', to: '20:00' }
  it.each<[Partial<BudgetDraft>, Record<string, unknown>]>([
    [{ newHourly: '-1' }, { newHourly: en.budget.notCount('1,000,000') }],
    [{ newDaily: '1.5' }, { newDaily: en.budget.notCount('1,000,000') }],
    [{ newDaily: '1000001' }, { newDaily: en.budget.notCount('1,000,000') }],
    [{ gap: '3601' }, { gap: en.budget.notGap('3,600') }],
    [{ gap: '3600' }, {}],
    [{ gap: '1 minute' }, { gap: en.budget.notGap('3,600') }],
    [{ ramp: { from: '0', to: '10', days: '21' } }, { rampFrom: en.budget.notRampLimit('1,000,000') }],
    [{ ramp: { from: '10', to: '9', days: '21' } }, { rampTo: en.budget.rampFalls }],
    [{ ramp: { from: '10', to: '', days: '21' } }, { rampTo: en.budget.notRampLimit('1,000,000') }],
    [{ ramp: { from: '10', to: '10', days: '1' } }, { rampDays: en.budget.notRampDays('2', '365') }],
    [{ ramp: { from: '10', to: '10', days: '366' } }, { rampDays: en.budget.notRampDays('2', '365') }],
    [{ hours: [{ ...span, days: [] }] }, { 'days 3': en.hours.noDay }],
    [{ hours: [{ ...span, from: '24:00' }] }, { 'from 3': en.hours.notTime }],
    [{ hours: [{ ...span, to: '25:00' }] }, { 'to 3': en.hours.notEnd }],
    [{ hours: [{ ...span, to: '08:00' }] }, { 'to 3': 'The end is not after the start.' }],
    [
      { hours: [{ ...span, from: '22', to: '6' }] },
      {
        'to 3':
          'The end is not after the start. Over midnight, use two rows: 22:00 to 24:00, and 00:00 to 06:00.',
      },
    ],
    [{ hours: [{ ...span, to: '24:00' }] }, {}],
  ])('%j', (some, problems) => {
    const draft = { ...none, ...some }
    expect(budgetProblems(draft, en, f)).toEqual(problems)
    // The API refuses what the form refuses, and takes what it takes.
    const { success } = updateInstanceInput.safeParse({ name: 'vendas-01', ...readBudget(draft, none) })
    expect(success).toBe(Object.keys(problems).length === 0)
  })
})

it('warns of a ramp above the limit a day, and of an hour above a day', () => {
  const daily = '60'
  expect(budgetWarnings({ ...all, daily }, en, f)).toEqual({ ramp: en.budget.rampAboveDay('60') })
  expect(budgetWarnings({ ...all, daily: '100' }, en, f)).toEqual({})
  expect(budgetWarnings({ ...none, newHourly: '30', newDaily: '20', daily }, en, f)).toEqual({
    newContacts: en.budget.newHourAboveDay,
  })
  expect(budgetWarnings({ ...none, newHourly: '30', daily }, en, f)).toEqual({})
})

it('a new ramp ends at the limit a day, and at 100 where that is below its start', () => {
  expect(newRamp('300')).toEqual({ from: '10', to: '300', days: '21' })
  expect(newRamp('5')).toEqual({ from: '10', to: '100', days: '21' })
})

it('the draft of stored limits has the decimal sign of the language, which is read again', () => {
  const instance = anInstance({
    newContactsPerDay: 20,
    minGapMs: 1_500,
    ramp: {
      from: 10,
      to: 100,
      days: 21,
      startedOn: '2026-11-20',
      day: 3,
      limitToday: 19,
      heldBecause: null,
    },
    hours: [{ days: ['mon'], from: '08:00', to: '24:00' }],
  })
  const portuguese = budgetOf(instance, makeFormat('pt-BR', 'UTC'))
  expect(portuguese).toEqual({
    newHourly: '',
    newDaily: '20',
    gap: '1,5',
    ramp: { from: '10', to: '100', days: '21' },
    hours: [{ key: 0, days: ['mon'], from: '08:00', to: '24:00' }],
  })
  expect(partsOf(portuguese)).toEqual(['newContacts', 'gap', 'ramp', 'hours'])
  expect(readBudget(portuguese, budgetOf(instance, f))).toEqual({})
})
