import { expect, test } from 'vitest'
import { readLogLine } from '../src/log-line.ts'

test.each([
  ['{"level":"warn","msg":"slow"}', { text: 'warning: slow', urgent: true }],
  ['{"level":"info","msg":"ready"}', { text: 'ready', urgent: false }],
  ['{"level":30,"msg":"ready"}', { text: 'ready', urgent: false }],
  ['{"level":40,"msg":"slow"}', { text: 'warning: slow', urgent: true }],
  [
    '{"level":50,"msg":"failed","err":{"message":"no route"}}',
    { text: 'error: failed: no route', urgent: true },
  ],
  [
    '{"level":"warn","rule":"number_banned","subject":"vendas-02","msg":"an alert opened"}',
    { text: 'warning: an alert opened: number_banned (vendas-02)', urgent: true },
  ],
  ['{"message":"a phone scans","at":"now"}', { text: 'a phone scans', urgent: false }],
  ['{broken', { text: '{broken', urgent: false }],
])('reads %s', (line, expected) => {
  expect(readLogLine(line, 'stdout')).toEqual(expected)
})

test('a line of the error stream that is no log entry is urgent', () => {
  expect(readLogLine('Error: boom', 'stderr')).toEqual({ text: 'Error: boom', urgent: true })
  expect(readLogLine('', 'stderr').urgent).toBe(false)
})
