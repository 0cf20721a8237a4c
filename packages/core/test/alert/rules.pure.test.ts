import { describe, expect, it, test } from 'vitest'
import { RULES } from '../../src/alert/alert.ts'
import type { FleetReading } from '../../src/alert/fleet-reading.ts'
import { RULE_TABLE } from '../../src/alert/rules.ts'
import {
  ago,
  HOUR,
  MINUTE,
  NOW,
  number,
  oneServer,
  SECOND,
  StoredAlerts,
  wellFleet,
} from './fleet-readings.ts'

type Row = [rule: (typeof RULES)[number], what: string, reading: Partial<FleetReading>, subjects: string[]]

const banned = (name: string, ms: number) =>
  number(name, { status: 'banned', reason: 'BANNED', since: ago(ms) })
const none = { numbers: 0, dailyCapacity: 0, sentToday: 0 }
const unknown = { status: 'unknown', reason: 'EVOLUTION_UNREACHABLE' } as const

/** What is open after two evaluations 30 s apart. */
const TABLE: Row[] = [
  ['evolution_unreachable', 'no answer', { servers: oneServer('unreachable') }, ['evolution']],
  ['evolution_unreachable', 'a refused key', { servers: oneServer('key_refused') }, ['evolution']],
  ['evolution_unreachable', 'no licence is another rule', { servers: oneServer('unlicensed') }, []],
  ['evolution_unlicensed', 'no licence', { servers: oneServer('unlicensed') }, ['evolution']],
  [
    'all_numbers_down',
    'none connected',
    { connected: none, troubled: [number('a'), number('b')] },
    ['fleet'],
  ],
  ['all_numbers_down', 'one connected', { troubled: [number('a')] }, []],
  [
    'all_numbers_down',
    'for less than a minute',
    { connected: none, troubled: [number('a', { since: ago(20 * SECOND) })] },
    [],
  ],
  [
    'all_numbers_down',
    'only a number that waits for its first scan',
    { connected: none, troubled: [number('a', { reason: 'WAITING_FOR_SCAN' })] },
    [],
  ],
  ['no_polling', 'no evaluation for 10 minutes', { evaluatedAt: ago(10 * MINUTE) }, ['fleet']],
  ['no_polling', 'a takeover of 15 s', { evaluatedAt: ago(15 * SECOND) }, []],
  ['no_polling', 'missed rounds', { polling: { ageMs: 3 * MINUTE, periodMs: 15_000 } }, ['fleet']],
  ['no_polling', 'rounds that are rare', { polling: { ageMs: 14 * MINUTE, periodMs: 5 * MINUTE } }, []],
  [
    'ban_wave',
    'three bans in ten minutes',
    { troubled: [banned('a', 9 * MINUTE), banned('b', MINUTE), banned('c', 0)] },
    ['fleet'],
  ],
  [
    'ban_wave',
    'three bans in an hour',
    { troubled: [banned('a', 50 * MINUTE), banned('b', MINUTE), banned('c', 0)] },
    [],
  ],
  ['number_banned', 'a ban', { troubled: [banned('a', 0)] }, ['a']],
  [
    'number_banned',
    'a ban of a paused number',
    { troubled: [number('a', { status: 'banned', paused: true })] },
    ['a'],
  ],
  ['number_down', 'a number that logged out', { troubled: [number('a')] }, ['a']],
  ['number_down', 'for less than 2 minutes', { troubled: [number('a', { since: ago(MINUTE) })] }, []],
  [
    'number_down',
    'a since after a step back of the clock',
    { troubled: [number('a', { since: ago(-HOUR) })] },
    ['a'],
  ],
  ['number_down', 'a paused number', { troubled: [number('a', { paused: true })] }, []],
  ['number_down', 'a number that was never read', { troubled: [number('a', { checkedAt: null })] }, []],
  ['number_down', 'a new number', { troubled: [number('a', { reason: 'NEVER_CONNECTED' })] }, []],
  [
    'number_down',
    'a new number while its code is shown',
    { troubled: [number('a', { reason: 'WAITING_FOR_SCAN' })] },
    [],
  ],
  [
    'number_down',
    'a number in use whose code is shown since it was logged out',
    { troubled: [number('a', { status: 'connecting', reason: 'WAITING_FOR_SCAN', lastSentAt: ago(HOUR) })] },
    ['a'],
  ],
  [
    'number_down',
    'a number in use that Evolution does not report',
    { troubled: [number('a', { ...unknown, connectedAt: ago(HOUR) })] },
    ['a'],
  ],
  ['number_down', 'a new number that Evolution does not report', { troubled: [number('a', unknown)] }, []],
  [
    'number_down',
    'a connection that flaps',
    {
      troubled: [
        number('a', { status: 'connected', reason: 'FLAPPING', connectedAt: ago(0), since: ago(SECOND) }),
      ],
    },
    ['a'],
  ],
  ['number_down', 'a banned number', { troubled: [banned('a', HOUR)] }, []],
  [
    'number_failing',
    'refused sends',
    {
      troubled: [
        number('a', {
          status: 'connected',
          reason: null,
          failing: { reason: 'SENDS_REFUSED', since: ago(0) },
        }),
      ],
    },
    ['a'],
  ],
  [
    'number_restricted',
    'an inferred restriction',
    {
      troubled: [
        number('a', { status: 'connected', reason: null, restricted: { since: ago(0), until: null } }),
      ],
    },
    ['a'],
  ],
  [
    'wrong_phone',
    'another phone',
    { troubled: [number('a', { status: 'connected', reason: 'WRONG_PHONE' })] },
    ['a'],
  ],
  [
    'wrong_phone',
    'one phone of two numbers',
    { troubled: [number('a', { status: 'connected', reason: null, duplicateOf: 'b' })] },
    ['a'],
  ],
  ['wrong_phone', 'a number that is down', { troubled: [number('a')] }, []],
  [
    'sends_failing',
    'six in a row',
    { failedSends: [{ name: 'a', server: 'default', failed: 6, since: ago(MINUTE) }] },
    ['a'],
  ],
  [
    'sends_failing',
    'five in a row',
    { failedSends: [{ name: 'a', server: 'default', failed: 5, since: ago(MINUTE) }] },
    [],
  ],
  [
    'no_events',
    'none for 20 minutes',
    { blind: [{ name: 'a', server: 'default', since: ago(20 * MINUTE) }] },
    ['evolution'],
  ],
  [
    'no_events',
    'none for 5 minutes',
    { blind: [{ name: 'a', server: 'default', since: ago(5 * MINUTE) }] },
    [],
  ],
  [
    'messages_waiting',
    'no sender',
    { messages: { waiting: 2, oldestAt: ago(6 * MINUTE), senders: 0 } },
    ['fleet'],
  ],
  [
    'messages_waiting',
    'a sender that is behind',
    { messages: { waiting: 2, oldestAt: ago(6 * MINUTE), senders: 1 } },
    [],
  ],
  [
    'messages_waiting',
    'for less than 5 minutes',
    { messages: { waiting: 2, oldestAt: ago(2 * MINUTE), senders: 0 } },
    [],
  ],
  [
    'day_nearly_full',
    'over 80 %',
    { connected: { numbers: 1, dailyCapacity: 100, sentToday: 81 } },
    ['fleet'],
  ],
  ['day_nearly_full', 'exactly 80 %', { connected: { numbers: 1, dailyCapacity: 100, sentToday: 80 } }, []],
  ['day_nearly_full', 'no number', { connected: none }, []],
  ['webhook_failing', 'for 2 hours', { endpoints: [{ name: 'shop', since: ago(2 * HOUR) }] }, ['shop']],
  ['webhook_failing', 'for half an hour', { endpoints: [{ name: 'shop', since: ago(HOUR / 2) }] }, []],
  ['route_failing', 'for 2 hours', { routes: [{ name: 'ops', since: ago(2 * HOUR) }] }, ['ops']],
  ['route_failing', 'after its notices were given up', { routes: [{ name: 'ops', since: null }] }, []],
]

describe('what opens an alert', () => {
  test.each(TABLE)('%s: %s', (rule, _what, reading, subjects) => {
    const stored = new StoredAlerts()
    stored.evaluate(wellFleet(reading))
    const at = new Date(NOW.getTime() + 30 * SECOND)
    stored.evaluate(wellFleet({ ...reading, at, evaluatedAt: NOW }))
    const found = stored.open.filter((one) => one.rule === rule)
    expect(found.map(({ subject }) => subject)).toEqual(subjects)
    for (const one of found) expect(one.severity).toBe(RULE_TABLE[rule].severity)
  })

  it('no_polling: a scheduler that begins after a long stop in order', () => {
    const stored = new StoredAlerts()
    stored.evaluate(wellFleet({ evaluatedAt: null, polling: { ageMs: HOUR, periodMs: 15_000 } }))
    stored.evaluate(wellFleet({ at: new Date(NOW.getTime() + 5 * SECOND), evaluatedAt: NOW }))
    expect(stored.open).toEqual([])
  })

  it('every rule opens one, and a fleet that is well opens none', () => {
    const opened = TABLE.filter(([, , , subjects]) => subjects.length > 0).map(([rule]) => rule)
    expect(new Set(opened)).toEqual(new Set(RULES))
    const stored = new StoredAlerts()
    stored.evaluate(wellFleet())
    expect(stored.open).toEqual([])
  })
})
