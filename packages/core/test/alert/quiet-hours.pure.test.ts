import { expect, it } from 'vitest'
import { isQuiet, quietUntil } from '../../src/alert/quiet-hours.ts'

const NIGHT = { from: '22:00', to: '07:10' }
const NOON = { from: '12:00', to: '13:30' }
const SAO_PAULO = 'America/Sao_Paulo'

it.each([
  [NIGHT, SAO_PAULO, '2026-11-30T00:59:59Z', false, '2026-11-30T00:59:59.000Z'],
  [NIGHT, SAO_PAULO, '2026-11-30T01:00:00Z', true, '2026-11-30T10:10:00.000Z'],
  [NIGHT, SAO_PAULO, '2026-11-30T03:00:00Z', true, '2026-11-30T10:10:00.000Z'],
  [NIGHT, SAO_PAULO, '2026-11-30T10:09:59Z', true, '2026-11-30T10:10:00.000Z'],
  [NIGHT, SAO_PAULO, '2026-11-30T10:10:00Z', false, '2026-11-30T10:10:00.000Z'],
  [NOON, SAO_PAULO, '2026-11-30T15:00:00Z', true, '2026-11-30T16:30:00.000Z'],
  [NOON, SAO_PAULO, '2026-11-30T16:30:00Z', false, '2026-11-30T16:30:00.000Z'],
  [null, SAO_PAULO, '2026-11-30T03:00:00Z', false, '2026-11-30T03:00:00.000Z'],
  // A zone that is half an hour off.
  [NIGHT, 'Asia/Kolkata', '2026-11-30T17:00:00Z', true, '2026-12-01T01:40:00.000Z'],
  // Berlin: the night of 25 October 2026 has an hour more, that of 29 March an hour less.
  [NIGHT, 'Europe/Berlin', '2026-10-24T20:00:00Z', true, '2026-10-25T06:10:00.000Z'],
  [NIGHT, 'Europe/Berlin', '2026-03-28T21:00:00Z', true, '2026-03-29T05:10:00.000Z'],
  // An end that the change of the clock skips: 02:30 does not exist that night.
  [{ from: '22:00', to: '02:30' }, 'Europe/Berlin', '2026-03-28T21:00:00Z', true, '2026-03-29T01:00:00.000Z'],
])('quiet %j in %s at %s: %s, until %s', (quiet, zone, at, expected, end) => {
  expect(isQuiet(new Date(at), quiet, zone)).toBe(expected)
  expect(quietUntil(new Date(at), quiet, zone).toISOString()).toBe(end)
})
