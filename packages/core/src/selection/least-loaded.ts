import { load } from '../instance/availability.ts'
import type { Candidate } from './candidate.ts'
import { byName, type Strategy } from './strategy.ts'

/** Lowest share of the day's capacity first; then priority, then the longest time without a send. */
export const leastLoaded: Strategy = {
  followsPreference: false,
  order: (a: Candidate, b: Candidate) =>
    load(a.sentToday, a.dailyCapacity) - load(b.sentToday, b.dailyCapacity) ||
    b.priority - a.priority ||
    a.lastSentAtMs - b.lastSentAtMs ||
    byName(a, b),
}
