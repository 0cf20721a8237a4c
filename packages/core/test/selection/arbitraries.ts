import fc from 'fast-check'
import { STATUSES } from '../../src/index.ts'
import type { Candidate } from '../../src/selection/candidate.ts'

/** Few names, so that the same instance occurs again and again. */
export const instanceName = fc.integer({ min: 0, max: 11 }).map((number) => `n${number}`)

/** Tags of instances. */
export const POOLS = ['x', 'y']

/** An instance in any state; half of them are available. */
export const seen: fc.Arbitrary<Omit<Candidate, 'turn'>> = fc.record({
  name: instanceName,
  tags: fc.subarray(POOLS),
  server: fc.constant('default'),
  status: fc.oneof({ weight: 5, arbitrary: fc.constant('connected' as const) }, fc.constantFrom(...STATUSES)),
  paused: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.boolean()),
  isDuplicate: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.boolean()),
  isFailing: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.boolean()),
  isRestricted: fc.constant(false),
  isDraining: fc.constant(false),
  isOutsideHours: fc.constant(false),
  hasHours: fc.constant(false),
  open: fc.constant(null),
  newContactsPerHour: fc.constant(null),
  newContactsPerDay: fc.constant(null),
  newContactsThisHour: fc.constant(0),
  newContactsToday: fc.constant(0),
  minGapMs: fc.constant(0),
  restrictedUntilMs: fc.constant(null),
  inferredSinceMs: fc.constant(null),
  probedAtMs: fc.constant(0),
  hourlyCapacity: fc.integer({ min: 0, max: 6 }),
  dailyCapacity: fc.integer({ min: 0, max: 9 }),
  sentThisHour: fc.integer({ min: 0, max: 4 }),
  sentToday: fc.integer({ min: 0, max: 6 }),
  priority: fc.integer({ min: 1, max: 100 }),
  lastSentAtMs: fc.integer({ min: 0, max: 5 }),
})

/** A fleet: every name at most once. */
export const fleetSeen = fc.uniqueArray(seen, { selector: (one) => one.name, maxLength: 12 })

/** An instance that is always available. */
export function idle(name: string, priority = 1): Omit<Candidate, 'turn'> {
  return {
    name,
    tags: [],
    server: 'default',
    status: 'connected',
    paused: false,
    isDuplicate: false,
    isFailing: false,
    isRestricted: false,
    isDraining: false,
    isOutsideHours: false,
    hasHours: false,
    open: null,
    newContactsPerHour: null,
    newContactsPerDay: null,
    newContactsThisHour: 0,
    newContactsToday: 0,
    minGapMs: 0,
    restrictedUntilMs: null,
    inferredSinceMs: null,
    probedAtMs: 0,
    hourlyCapacity: 1_000_000,
    dailyCapacity: 1_000_000,
    sentThisHour: 0,
    sentToday: 0,
    priority,
    lastSentAtMs: 0,
  }
}
