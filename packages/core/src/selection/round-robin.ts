import type { Candidate } from './candidate.ts'
import { byName, type Strategy } from './strategy.ts'

/**
 * A rotation weighted by priority: an instance of weight w is next in turn every 1/w (stride scheduling), so over a full
 * cycle, the sum of the weights, each serves exactly its weight, spread out and not in a row. Ties go to the least
 * recently used.
 */
export const roundRobin: Strategy = {
  followsPreference: false,
  order: (a: Candidate, b: Candidate) => a.turn - b.turn || a.lastSentAtMs - b.lastSentAtMs || byName(a, b),
  nextTurn: (turn: number, priority: number) => turn + 1 / priority,
}
