import { describe, expect, it } from 'vitest'
import { FleetError } from '../src/fleet-error.ts'
import { openRandom, waitBeforeMs } from '../src/retry-wait.ts'

const passing = new FleetError('OVERLOADED', 'full')

describe('the wait before a retry', () => {
  it('doubles with each attempt, up to two seconds, and is drawn from its upper half', () => {
    const waits = [1, 2, 3, 4, 5, 6, 20].map((attempts) =>
      [0, 1].map((random) => waitBeforeMs(passing, attempts, 0, random)),
    )
    expect(waits).toEqual([
      [50, 100],
      [100, 200],
      [200, 400],
      [400, 800],
      [800, 1600],
      [1000, 2000],
      [1000, 2000],
    ])
  })

  it('lasts until availableAt, and a little longer', () => {
    const limited = new FleetError('RATE_LIMITED', 'slow down', { availableAt: new Date(5_000) })
    expect(waitBeforeMs(limited, 1, 2_000, 0)).toBe(3_000)
    expect(waitBeforeMs(limited, 1, 2_000, 1)).toBe(3_250)
    expect(waitBeforeMs(limited, 1, 9_000, 0)).toBe(0)
    expect(waitBeforeMs(new FleetError('RATE_LIMITED', 'too many streams'), 1, 0, 0)).toBeNull()
  })

  it('is null for an error that another try does not change', () => {
    for (const code of [
      'NO_CAPACITY',
      'CONFLICT',
      'INVALID_INPUT',
      'UNEXPECTED',
      'ABORTED',
      'MALFORMED_ANSWER',
    ] as const)
      expect(waitBeforeMs(new FleetError(code, ''), 1, 0, 0)).toBeNull()
  })
})

it('the random number stays the same for some milliseconds, and then changes', () => {
  const chance = openRandom(20)
  const first = chance(100)
  expect([chance(110), chance(120)]).toEqual([first, first])
  expect(chance(121)).not.toBe(first)
})
