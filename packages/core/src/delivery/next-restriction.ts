import type { RestrictionSource } from '../instance/delivery.ts'
import { RESTRICTION_THRESHOLDS as LIMITS } from './thresholds.ts'

/**
 * The stored restriction. `since` null: there is none; `until` is then when the last one ended, null for never, and `source`
 * `inferred` while it is tried again.
 */
export type RestrictionJudgement = {
  since: Date | null
  until: Date | null
  source: RestrictionSource | null
}

/** What was read of a number at one moment, of the last `withinMs` and after the end of the last restriction. */
export type RestrictionEvidence = {
  /** New contacts whose message failed. */
  failedNew: number
  /** New contacts who got a message. */
  deliveredNew: number
  /** Contacts who know the number and got a message. */
  deliveredKnown: number
  /** The last message to a new contact that was delivered; when it was sent. */
  newDeliveredAt: Date | null
}

/**
 * Whether WhatsApp lets a number write only to people who know it. A restriction that was inferred ends when a new contact gets
 * a message that was sent after it began, and is tried again after six hours: the first new contact who gets nothing restricts the
 * number again, and the first who gets a message ends the trial. One of an operator ends at its `until`, or by the operator.
 *
 * @returns the new restriction, and the figures that it follows from; `previous` itself where nothing changed
 */
export function nextRestriction(
  previous: RestrictionJudgement,
  evidence: RestrictionEvidence,
  now: Date,
): { next: RestrictionJudgement; figures: Record<string, string | number> } {
  return previous.since === null
    ? begin(previous, evidence, now)
    : end(previous, previous.since, evidence, now)
}

type Judged = ReturnType<typeof nextRestriction>

function begin(previous: RestrictionJudgement, evidence: RestrictionEvidence, now: Date): Judged {
  const { failedNew, deliveredNew, deliveredKnown } = evidence
  const isTrial = previous.source === 'inferred' && isWithin(previous.until, now)
  if (deliveredNew > 0 && previous.source !== null)
    return { next: { ...previous, source: null }, figures: {} }
  const isFound = isTrial
    ? failedNew > 0
    : failedNew >= LIMITS.failedContacts && deliveredKnown >= LIMITS.reachedContacts
  if (!isFound || deliveredNew > 0) return { next: previous, figures: {} }
  return {
    next: { since: now, until: null, source: 'inferred' },
    figures: { source: 'receipts', failed: failedNew, reached: deliveredKnown },
  }
}

function end(
  previous: RestrictionJudgement,
  since: Date,
  { newDeliveredAt }: RestrictionEvidence,
  now: Date,
): Judged {
  const { until, source } = previous
  if (until !== null && until <= now)
    return { next: { since: null, until, source: null }, figures: { source: 'time' } }
  if (source !== 'inferred') return { next: previous, figures: {} }
  if (newDeliveredAt !== null && newDeliveredAt > since)
    return { next: { since: null, until: now, source: null }, figures: { source: 'receipts' } }
  if (isWithin(since, now)) return { next: previous, figures: {} }
  return { next: { since: null, until: now, source: 'inferred' }, figures: { source: 'trial' } }
}

function isWithin(at: Date | null, now: Date): boolean {
  return at !== null && now.getTime() - at.getTime() < LIMITS.trialAfterMs
}
