import { expect, test } from 'vitest'
import { windowStats } from '../src/fleet/window-stats.ts'

test.each([
  ['no instance', [], { capacity: 0, sent: 0, remaining: 0, usedPercent: 0 }],
  ['a capacity of 0', [{ capacity: 0, sent: 0 }], { capacity: 0, sent: 0, remaining: 0, usedPercent: 0 }],
  [
    'a capacity of 0 after sends',
    [{ capacity: 0, sent: 9 }],
    { capacity: 0, sent: 9, remaining: 0, usedPercent: 0 },
  ],
  [
    'a limit below what was sent',
    [{ capacity: 10, sent: 15 }],
    { capacity: 10, sent: 15, remaining: 0, usedPercent: 100 },
  ],
  [
    'an instance above its limit takes nothing from another',
    [
      { capacity: 10, sent: 15 },
      { capacity: 90, sent: 0 },
    ],
    { capacity: 100, sent: 15, remaining: 90, usedPercent: 10 },
  ],
  [
    'all but one message',
    [{ capacity: 100_000, sent: 99_999 }],
    { capacity: 100_000, sent: 99_999, remaining: 1, usedPercent: 99.9 },
  ],
  [
    'one message of many',
    [{ capacity: 100_000, sent: 1 }],
    { capacity: 100_000, sent: 1, remaining: 99_999, usedPercent: 0.1 },
  ],
])('%s', (_, instances, stats) => {
  expect(windowStats(instances)).toEqual(stats)
})
