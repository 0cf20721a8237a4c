import { describe, expect, it } from 'vitest'
import { GRACE_MS, isDoubtfulFall, isGrace, isMassFall } from '../../src/health/grace.ts'
import type { Observation } from '../../src/health/health-state.ts'
import { nextStatus } from '../../src/health/next-status.ts'
import {
  close,
  connecting,
  healthState,
  missing,
  NOW,
  open,
  record,
  unclear,
  unreachable,
} from './health-states.ts'

describe('a disconnection that may concern all numbers', () => {
  it.each<[string, Observation, boolean]>([
    ['connecting', connecting(), true],
    ['close, the database open', close(record('open')), true],
    ['close, no record', close(), true],
    ['no state', unclear, true],
    ['missing', missing, true],
    ['banned', close(record('close', 403)), false],
    ['logged out by the phone', close(record('close', 401, 'Stream Errored (conflict)')), false],
    ['login refused', close(record('close', 401, 'Connection Failure')), false],
    ['silence', unreachable, false],
    ['open', open, false],
  ])('%s', (_, seen, isDoubtful) => {
    expect(isDoubtfulFall(healthState(), seen, nextStatus(healthState(), seen, NOW))).toBe(isDoubtful)
    const down = healthState({ status: 'disconnected', reason: 'CLOSED' })
    expect(isDoubtfulFall(down, seen, nextStatus(down, seen, NOW))).toBe(false)
  })

  it('concerns all when more than half of five or more disconnect in one round', () => {
    expect([
      isMassFall(4, 4),
      isMassFall(5, 2),
      isMassFall(5, 3),
      isMassFall(6, 3),
      isMassFall(6, 4),
    ]).toEqual([false, false, true, false, true])
  })
})

describe('a grace period', () => {
  it('holds until its end', () => {
    const until = new Date(NOW.getTime() + GRACE_MS)
    expect([isGrace(null, NOW), isGrace(until, NOW), isGrace(until, until), isGrace(NOW, until)]).toEqual([
      false,
      true,
      false,
      false,
    ])
  })

  it('does not last for hours because a clock was set back', () => {
    expect(isGrace(new Date(NOW.getTime() + 10 * GRACE_MS), NOW)).toBe(false)
  })
})
