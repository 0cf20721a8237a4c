import type { AlertFacts, Rule } from './alert.ts'

/** What a rule finds at one moment. */
export type Finding = {
  rule: Rule
  subject: string
  /** Since when it holds; null: not stored, so from the evaluation on that found it first. */
  since: Date | null
  /** How long it must hold before an alert opens, in milliseconds. */
  afterMs: number
  /** The servers whose outages explain it where all of them have one; empty: no outage explains it. */
  servers: readonly string[]
  /** False: it keeps an open alert open, and opens none. */
  opens: boolean
  facts: AlertFacts
}

export const keyOf = ({ rule, subject }: { rule: string; subject: string }): string => `${rule} ${subject}`

/**
 * Whether `since` is so long ago. A moment in the future shows that the clock was set back, and how long it holds is not known: an alert too
 * much is better than none. Some milliseconds are no such step, because moments of the database are rounded.
 */
export function hasLasted(since: Date, ms: number, now: Date): boolean {
  const lastedMs = now.getTime() - since.getTime()
  return lastedMs >= ms || lastedMs < -5_000
}
