import type { RestrictionSource } from '../instance/delivery.ts'
import { RESTRICTION_THRESHOLDS as LIMITS } from './thresholds.ts'

/** The stored restriction. `since` null: there is none; `until` is then when the last one ended, null for never. */
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
  /** When the last message was sent that was delivered to a new contact whose own number it was not: the last probe, while it is restricted. */
  probeDeliveredAt: Date | null
}

/**
 * Whether WhatsApp lets a number write only to people who know it. A restriction that was inferred ends when a message to a new contact
 * is delivered that was sent after it began. The claims grant one such message in six hours, as a probe. A probe that is not delivered
 * changes nothing. A restriction of an operator ends at its `until`, or by the operator.
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
  const isFound =
    failedNew >= LIMITS.failedContacts && deliveredKnown >= LIMITS.reachedContacts && deliveredNew === 0
  if (!isFound) return { next: previous, figures: {} }
  return {
    next: { since: now, until: null, source: 'inferred' },
    figures: { source: 'receipts', failed: failedNew, reached: deliveredKnown },
  }
}

function end(
  previous: RestrictionJudgement,
  since: Date,
  { probeDeliveredAt }: RestrictionEvidence,
  now: Date,
): Judged {
  const { until, source } = previous
  if (until !== null && until <= now)
    return { next: { since: null, until, source: null }, figures: { source: 'time' } }
  if (source === 'inferred' && probeDeliveredAt !== null && probeDeliveredAt > since)
    return { next: { since: null, until: now, source: null }, figures: { source: 'receipts' } }
  return { next: previous, figures: {} }
}
