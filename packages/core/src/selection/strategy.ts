import type { Candidate } from './candidate.ts'

/**
 * How to choose among available instances: one pure comparison. The pool keeps the instances in that order and takes the
 * first; what was taken counts at once, so a batch spreads by the same rule as single calls.
 *
 * A strategy holds a preference, never a limit: the claim's SQL refuses what does not fit, so a wrong order can be unfair
 * and can do no other harm.
 */
export type Strategy = {
  /** True when a contact's own number is chosen before the order. */
  readonly followsPreference: boolean
  /** Negative when `a` should serve before `b`. Must be a total order: end with `byName`. */
  order(a: Candidate, b: Candidate): number
  /** For rotations: the next turn of an instance of this priority after it served at this one. */
  nextTurn?(turn: number, priority: number): number
}

/** The last tie-break: makes every order total. */
export function byName(a: Candidate, b: Candidate): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
