import { expect, it } from 'vitest'
import { type OpenReservation, pairSends, type UnlinkedSend } from '../../src/outcome/send-pairs.ts'

const MINUTE = 60_000
const NOW = 1_800_000_000_000
const send = (messageId: string, sentAgoMs: number, more: Partial<UnlinkedSend> = {}): UnlinkedSend => ({
  instance: 'a',
  person: 'ana',
  messageId,
  sentAtMs: NOW - sentAgoMs,
  arrivedAtMs: NOW,
  ...more,
})
const seat = (id: string, agoMs: number, more: Partial<OpenReservation> = {}): OpenReservation => ({
  instance: 'a',
  persons: ['ana'],
  id,
  reservedAtMs: NOW - agoMs,
  ...more,
})

it.each<[string, UnlinkedSend[], OpenReservation[], Record<string, string>]>([
  ['the reservation of the person', [send('m', 0)], [seat('r', 500)], { m: 'r' }],
  ['not that of another person', [send('m', 0)], [seat('r', 500, { persons: ['bia'] })], {}],
  [
    'one of several ids of a contact, once',
    [send('m', 0, { person: 'lid' }), send('n', 0)],
    [seat('r', 500, { persons: ['ana', 'lid'] })],
    { n: 'r' },
  ],
  ['not that of another instance', [send('m', 0)], [seat('r', 500, { instance: 'b' })], {}],
  [
    'the newest of several',
    [send('m', 0)],
    [seat('old', 2_000), seat('new', 500), seat('older', 9_000)],
    { m: 'new' },
  ],
  [
    'newest to newest',
    [send('m1', 3_000), send('m2', 0)],
    [seat('r1', 3_500), seat('r2', 500)],
    { m1: 'r1', m2: 'r2' },
  ],
  [
    'in the order of arrival within one second',
    [send('m1', 0), send('m2', 0)],
    [seat('r1', 900), seat('r2', 500)],
    { m1: 'r1', m2: 'r2' },
  ],
  ['one message each', [send('m1', 0), send('m2', 0)], [seat('r', 500)], { m2: 'r' }],
  ['none that is five minutes old', [send('m', 0)], [seat('r', 5 * MINUTE)], {}],
  ['one just below five minutes', [send('m', 0)], [seat('r', 5 * MINUTE - 1)], { m: 'r' }],
  [
    'the one that was there when it was sent, not a newer one',
    [send('m', 2 * MINUTE)],
    [seat('then', 2 * MINUTE + 500), seat('later', 1_000)],
    { m: 'then' },
  ],
  [
    'none that was made after the message was sent',
    [send('m', 20 * MINUTE, { arrivedAtMs: NOW - 20 * MINUTE })],
    [seat('r', 500)],
    {},
  ],
  [
    'by arrival where the clock of Evolution is wrong',
    [send('m', 60 * MINUTE)],
    [seat('r', 500)],
    { m: 'r' },
  ],
])('takes %s', (_what, sends, reservations, expected) => {
  const pairs = pairSends(sends, reservations)
  expect(Object.fromEntries(pairs.map(({ messageId, id }) => [messageId, id]))).toEqual(expected)
})
