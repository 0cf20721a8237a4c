import { describe, expect, it } from 'vitest'
import type { Candidate } from '../../src/selection/candidate.ts'
import {
  isRestrictionProbe,
  isServed,
  NO_ACQUAINTANCE,
  type Recipient,
} from '../../src/selection/recipient.ts'
import { idle } from './arbitraries.ts'

const NOW = 1_800_000_000_000
const ago = (seconds: number): number => NOW - seconds * 1_000
const SIX_HOURS = 21_600

const restricted: Candidate = { ...idle('a'), turn: 0, isRestricted: true, inferredSinceMs: ago(SIX_HOURS) }
const stranger: Recipient = {
  ...NO_ACQUAINTANCE,
  pool: null,
  own: 'b',
  knownBy: new Set(['c']),
  isPerson: true,
  mayProbe: true,
  mayProbeAsNew: true,
  atMs: NOW,
  maxWaitMs: 0,
  hourEndsMs: NOW + 1,
}

describe('the probe of a restricted number', () => {
  it.each<[string, Partial<Candidate>, Partial<Recipient>, isProbe: boolean, served: boolean]>([
    ['is due six hours after the restriction began', {}, {}, true, true],
    ['is not due before', { inferredSinceMs: ago(SIX_HOURS - 1) }, {}, false, false],
    ['is due six hours after the last one', { probedAtMs: ago(SIX_HOURS) }, {}, true, true],
    ['is not due before that', { probedAtMs: ago(SIX_HOURS - 1) }, {}, false, false],
    [
      'is due by the restriction where the last one is older',
      { probedAtMs: ago(SIX_HOURS * 9) },
      {},
      true,
      true,
    ],
    ['is none for a restriction of an operator', { inferredSinceMs: null }, {}, false, false],
    ['is no message to its own contact, who is served', {}, { own: 'a' }, false, true],
    ['is no message to a known contact, who is served', {}, { knownBy: new Set(['a']) }, false, true],
    [
      'is no message without a contact, nor a choice that counts nothing',
      {},
      { mayProbeAsNew: false },
      false,
      false,
    ],
    ['is sent for any strategy', {}, { mayProbe: false }, true, true],
    ['is none while the number fails, too', { isFailing: true }, {}, false, false],
    ['is none while it cannot send', { status: 'disconnected' }, {}, false, false],
    ['is none while it is paused', { paused: true }, {}, false, false],
    ['is none without room', { sentToday: 1_000_000 }, {}, false, false],
    ['is none where it is not restricted', { isRestricted: false }, {}, false, true],
  ])('%s', (_, candidate, recipient, isProbe, served) => {
    const given = { ...restricted, ...candidate }
    expect(isRestrictionProbe(given, { ...stranger, ...recipient })).toBe(isProbe)
    expect(isServed(given, { ...stranger, ...recipient })).toBe(served)
  })

  it('is none without a recipient', () => {
    expect(isRestrictionProbe(restricted, undefined)).toBe(false)
    expect(isServed(restricted, undefined)).toBe(false)
  })
})
