import { expect, it } from 'vitest'
import { groupAlerts, labelOf, linesOf, numberOf } from '../src/alerts/open-alerts.ts'
import type { Alert } from '../src/api/open-client.ts'

const anAlert = (changes: Partial<Alert>): Alert => ({
  id: 'a',
  rule: 'number_down',
  severity: 'warning',
  subject: 'loja-01',
  openedAt: '2026-11-25T12:00:00.000Z',
  closedAt: null,
  cause: null,
  notified: [],
  text: { en: 'Down', 'pt-BR': 'Caiu' },
  ...changes,
})

it('the most urgent alerts are first, then the newest', () => {
  const ids = groupAlerts([
    anAlert({ id: 'info', severity: 'info', openedAt: '2026-11-25T15:00:00.000Z' }),
    anAlert({ id: 'old', severity: 'critical' }),
    anAlert({ id: 'warning' }),
    anAlert({ id: 'new', severity: 'critical', openedAt: '2026-11-25T13:00:00.000Z' }),
  ]).map(({ alert }) => alert.id)
  expect(ids).toEqual(['new', 'old', 'warning', 'info'])
})

it('an alert that an open one explains is with that one, also over several causes', () => {
  const groups = groupAlerts([
    anAlert({ id: 'number', cause: 'all' }),
    anAlert({ id: 'all', cause: 'server', severity: 'critical' }),
    anAlert({ id: 'server', severity: 'critical' }),
    anAlert({ id: 'orphan', cause: 'closed' }),
  ])
  expect(groups.map(({ alert, explained }) => [alert.id, explained.map(({ id }) => id)])).toEqual([
    ['server', ['number', 'all']],
    ['orphan', []],
  ])
})

it('an alert about a number leads to it, another to none', () => {
  expect(numberOf({ rule: 'sends_failing', subject: 'loja-01' })).toBe('loja-01')
  expect(numberOf({ rule: 'route_failing', subject: 'loja-01' })).toBeNull()
  expect(numberOf({ rule: 'all_numbers_down', subject: 'fleet' })).toBeNull()
})

it('a text is a title and lines, without the address of the page', () => {
  const text =
    'loja-01 is down\nSince 25/11/2026, 12:00 GMT-3\nWhat to do: scan it.\nPage: https://zap.example.com/#/numbers/loja-01'
  expect(linesOf(text)).toEqual({
    title: 'loja-01 is down',
    lines: ['Since 25/11/2026, 12:00 GMT-3', 'What to do: scan it.'],
  })
})

it('a line has a label only where one is written', () => {
  expect(labelOf('What to do: scan it: now.')).toEqual({ label: 'What to do', rest: 'scan it: now.' })
  expect(labelOf('O que fazer (loja-01): leia.')).toEqual({ label: 'O que fazer (loja-01)', rest: 'leia.' })
  for (const line of ['Since 25/11/2026, 12:00 GMT-3', 'loja-01, loja-02', 'Nothing'])
    expect(labelOf(line)).toEqual({ label: null, rest: line })
})
