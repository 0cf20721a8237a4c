import { expect, it } from 'vitest'
import type { RampDay } from '../../src/schedule/next-ramp.ts'
import { type Day, type NumberEvent, rampDays } from '../../src/schedule/ramp-days.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** Four days of 24 hours from instant 0 on; something was sent at the noon of each. */
const four: Day[] = [0, 1, 2, 3].map((n) => ({
  day: `2026-03-0${n + 1}`,
  startMs: n * DAY,
  endMs: (n + 1) * DAY,
  sentMs: n * DAY + 12 * HOUR,
}))

function event(atMs: number, more: Partial<NumberEvent> = {}): NumberEvent {
  return {
    type: 'status',
    atMs,
    fromStatus: null,
    reason: null,
    status: 'connected',
    delivery: null,
    isRestricted: false,
    restrictedUntilMs: null,
    ...more,
  }
}

const calm = event(0)
const banned = (atMs: number) => event(atMs, { fromStatus: 'connected', status: 'banned', reason: 'BANNED' })
const restricted = (atMs: number, untilMs: number | null = null) =>
  event(atMs, { reason: 'RESTRICTED', isRestricted: true, restrictedUntilMs: untilMs })
const failing = (atMs: number) => event(atMs, { reason: 'NOT_DELIVERING', delivery: 'failing' })

/** The days on which this holds, as digits. */
const daysWith = (key: 'banned' | 'restricted' | 'failing' | 'silent', days: RampDay[]): string =>
  days.flatMap((one, n) => (one[key] ? [n + 1] : [])).join('')

type Case = [string, NumberEvent[], Partial<Record<'banned' | 'restricted' | 'failing', string>>]

it.each<Case>([
  ['no event', [], {}],
  ['a ban that ends the same day', [event(-DAY), banned(DAY + 1), event(DAY + 9)], { banned: '2' }],
  ['a ban over midnight', [event(-DAY), banned(2 * DAY - 1), event(2 * DAY + 1)], { banned: '23' }],
  ['a ban that ends at midnight', [event(-DAY), banned(DAY), event(2 * DAY)], { banned: '2' }],
  ['a ban that lasts', [banned(-9 * DAY)], { banned: '1234' }],
  ['a delivery that fails for a day', [failing(-1), event(9, { reason: 'DELIVERING' })], { failing: '1' }],
  ['a restriction without an end', [restricted(DAY + 1)], { restricted: '234' }],
  ['a restriction until the second day', [restricted(5, DAY + 5)], { restricted: '12' }],
  ['a restriction that an operator ends', [restricted(5, 9 * DAY), event(7)], { restricted: '1' }],
  [
    'a change of settings amid a restriction',
    [restricted(5, 2 * DAY), { ...restricted(DAY, 2 * DAY), type: 'settings', reason: null }],
    { restricted: '12' },
  ],
  [
    'a ban whose begin is removed from the history',
    [event(DAY + 5, { fromStatus: 'banned' })],
    { banned: '12' },
  ],
  ['a failure whose begin is removed', [event(5, { reason: 'DELIVERING' })], { failing: '1' }],
  ['a restriction whose begin is removed', [event(5, { reason: 'UNRESTRICTED' })], { restricted: '1' }],
  ['a first event that begins a failure', [failing(DAY + 5)], { failing: '234' }],
  [
    'a ban of another life of the name',
    [banned(5), event(6, { type: 'deleted', status: 'banned' }), event(7, { type: 'created' })],
    {},
  ],
])('%s', (_what, events, expected) => {
  const days = rampDays(four, events, calm, 0)
  const found = {
    banned: daysWith('banned', days),
    restricted: daysWith('restricted', days),
    failing: daysWith('failing', days),
  }
  expect(found).toEqual({ banned: '', restricted: '', failing: '', ...expected })
  expect(days.map(({ day }) => day)).toEqual(four.map(({ day }) => day))
})

it('without an event the present state is that of all days', () => {
  const days = rampDays(four, [], event(0, { status: 'banned', delivery: 'failing' }), 0)
  expect(daysWith('banned', days)).toBe('1234')
  expect(daysWith('failing', days)).toBe('1234')
})

it.each<[string, (number | null)[], number, string]>([
  ['each day has a message', [HOUR, DAY + HOUR, 2 * DAY, 3 * DAY], 0, ''],
  ['nothing was ever sent: it counts from the begin of the ramp', [null, null, null, null], 0, '34'],
  ['a ramp that began on the second day', [null, null, null, null], DAY, '4'],
  ['a message 72 hours before the end of the day', [DAY, DAY, DAY, DAY], -DAY, '4'],
  ['one a millisecond later', [DAY, DAY, DAY, DAY + 1], -DAY, ''],
  ['silence before the ramp began', [-9 * DAY, HOUR, HOUR, HOUR], 0, '4'],
])('silence: %s', (_what, sent, startedMs, expected) => {
  const days = four.map((one, n) => ({ ...one, sentMs: sent[n] ?? null }))
  expect(daysWith('silent', rampDays(days, [], calm, startedMs))).toBe(expected)
})
