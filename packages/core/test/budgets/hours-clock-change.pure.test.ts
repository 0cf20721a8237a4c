import { expect, it } from 'vitest'
import { DAYS, readHours } from '../../src/instance/hours.ts'

/** Zone, span of every day, a moment, the first moment from it on at which the number is open. */
it.each([
  [
    'America/New_York',
    '02:00',
    '03:00',
    '2026-03-08T03:00:00Z',
    '2026-03-09T06:00:00.000Z',
    'a skipped span',
  ],
  [
    'America/New_York',
    '02:30',
    '04:00',
    '2026-03-08T05:00:00Z',
    '2026-03-08T07:00:00.000Z',
    'a skipped start',
  ],
  ['America/Sao_Paulo', '00:00', '00:15', '2018-11-03T12:00:00Z', '2018-11-05T02:00:00.000Z', 'no midnight'],
  [
    'America/New_York',
    '01:00',
    '01:30',
    '2026-11-01T05:45:00Z',
    '2026-11-01T06:00:00.000Z',
    'a repeated start',
  ],
  [
    'America/New_York',
    '00:30',
    '01:30',
    '2026-11-01T05:45:00Z',
    '2026-11-01T06:00:00.000Z',
    'the change itself',
  ],
  ['America/Havana', '00:15', '03:30', '2026-11-01T05:09:55Z', '2026-11-01T05:15:00.000Z', 'midnight twice'],
  [
    'Australia/Lord_Howe',
    '01:30',
    '01:45',
    '2026-04-04T14:50:00Z',
    '2026-04-04T15:00:00.000Z',
    'half an hour twice',
  ],
  ['America/Sao_Paulo', '08:17', '24:00', '2026-03-10T03:00:00Z', '2026-03-10T11:17:00.000Z', 'no change'],
])('%s, %s to %s, from %s on: open at %s (%s)', (zone, from, to, at, opensAt) => {
  const hours = readHours([{ days: [...DAYS], from, to }], zone)
  expect(new Date(hours?.opensAt(Date.parse(at)) ?? 0).toISOString()).toBe(opensAt)
})
