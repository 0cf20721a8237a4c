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
  /** When the first of these messages failed. */
  firstFailedAt: Date | null
  /** New contacts who got a message. */
  deliveredNew: number
  /** Contacts who know the number and got a message. */
  deliveredKnown: number
  /** The last message to a new contact that was delivered; when it was sent. */
  newDeliveredAt: Date | null
}

/**
 * Whether WhatsApp lets a number write only to people who know it. A restriction that was inferred ends when a new contact gets
 * a message that was sent after it began; one of an operator ends at its `until`, or by the operator.
 *
 * @returns the new restriction, and the figures that it follows from; `previous` itself where nothing changed
 */
export function nextRestriction(
  previous: RestrictionJudgement,
  evidence: RestrictionEvidence,
  now: Date,
): { next: RestrictionJudgement; figures: Record<string, string | number> } {
  const { since, until, source } = previous
  if (since !== null) {
    if (until !== null && until <= now) return { next: ended(until), figures: { source: 'time' } }
    const isReached = evidence.newDeliveredAt !== null && evidence.newDeliveredAt > since
    if (source === 'inferred' && isReached) return { next: ended(now), figures: { source: 'receipts' } }
    return { next: previous, figures: {} }
  }
  const { failedNew, deliveredNew, deliveredKnown, firstFailedAt } = evidence
  if (
    failedNew < LIMITS.failedContacts ||
    deliveredNew > 0 ||
    deliveredKnown < LIMITS.reachedContacts ||
    firstFailedAt === null
  )
    return { next: previous, figures: {} }
  return {
    next: { since: now, until: null, source: 'inferred' },
    figures: { source: 'receipts', failed: failedNew, reached: deliveredKnown },
  }
}

function ended(at: Date): RestrictionJudgement {
  return { since: null, until: at, source: null }
}
