import type { DeliveryState, FailureReason } from '../instance/delivery.ts'
import { DELIVERY_THRESHOLDS as LIMITS } from './thresholds.ts'

/** The stored judgement. `since` is a moment of the evidence; `reason` is null unless it fails. */
export type DeliveryJudgement = { state: DeliveryState; since: Date | null; reason: FailureReason | null }

/** What was read of a connected number at one moment. */
export type DeliveryEvidence = {
  /** When its present connection opened; null: not recorded. */
  connectedAt: Date | null
  /** Seats that were given back with cause `line_down` in a row, on this connection: none was accepted since. */
  refused: { seats: number; people: number; lastAt: Date | null }
  /** The last seat that Evolution accepted: it was confirmed, or WhatsApp answered that the contact has no WhatsApp. */
  acceptedAt: Date | null
  /** The last report that a message was sent, delivered or read, and the last hour that had one. */
  goodAt: Date | null
  /**
   * Messages to people who know the number, older than `silentAfterMs`, sent after the last good report and after the blind time
   * of the connection.
   */
  silent: { messages: number; people: number; firstAt: Date | null }
  /** The last proof that events about messages arrive here; null: the number is not covered. */
  eventsAt: Date | null
  /** The share of its messages of the last 7 days with a good report within `silentAfterMs`; null: not known. */
  baseline: number | null
  /** The last probe of the connection that WhatsApp answered. */
  probedAt: Date | null
}

/** The source and the figures of a judgement, as the history stores them. */
export type DeliveryFigures = Record<string, string | number>

/**
 * Whether the messages of a connected number arrive. Without evidence the state stays as it is.
 *
 * @returns the new judgement, and the figures that it follows from; `previous` itself where nothing changed
 */
export function nextDelivery(
  previous: DeliveryJudgement,
  evidence: DeliveryEvidence,
  now: Date,
): { next: DeliveryJudgement; figures: DeliveryFigures } {
  const found =
    previous.state === 'failing' ? recovery(previous, evidence, now) : failure(previous, evidence, now)
  if (found !== null) return found
  if (previous.state === 'failing') return { next: previous, figures: {} }
  const { goodAt } = evidence
  const isRecent = goodAt !== null && now.getTime() - goodAt.getTime() < LIMITS.provenForMs
  if (previous.state === 'ok' && isRecent) return { next: previous, figures: {} }
  if (previous.state === 'ok') return { next: { state: 'unproven', since: now, reason: null }, figures: {} }
  if (!isRecent || !isAfter(goodAt, previous.since)) return { next: previous, figures: {} }
  return { next: { state: 'ok', since: goodAt, reason: null }, figures: {} }
}

type Found = { next: DeliveryJudgement; figures: DeliveryFigures }

function failure(previous: DeliveryJudgement, evidence: DeliveryEvidence, now: Date): Found | null {
  const { refused, silent, baseline } = evidence
  // After a probe brought it back the row continues, and one more refusal is enough.
  if (
    refused.seats >= LIMITS.refusedSeats &&
    refused.people >= LIMITS.refusedPeople &&
    isAfter(refused.lastAt, previous.since)
  )
    return {
      next: { state: 'failing', since: refused.lastAt, reason: 'SENDS_REFUSED' },
      figures: { source: 'sends', refused: refused.seats, people: refused.people },
    }
  if (isBlind(evidence, now) || !isSilent(evidence)) return null
  return {
    next: { state: 'failing', since: silent.firstAt, reason: 'NO_RECEIPTS' },
    figures: {
      source: 'receipts',
      silent: silent.messages,
      people: silent.people,
      usualPercent: Math.round((baseline ?? 0) * 100),
    },
  }
}

/** Whether so many messages without a report are no chance. */
function isSilent({ silent, baseline, eventsAt }: DeliveryEvidence): boolean {
  return (
    baseline !== null &&
    baseline >= LIMITS.lowestBaseline &&
    silent.people >= LIMITS.silentPeople &&
    (1 - baseline) ** silent.messages < LIMITS.silenceChance &&
    // Events that stopped for every message prove nothing about this number.
    isAfter(eventsAt, silent.firstAt)
  )
}

function recovery(previous: DeliveryJudgement, evidence: DeliveryEvidence, now: Date): Found | null {
  const { goodAt, acceptedAt, probedAt, connectedAt } = evidence
  const { since } = previous
  if (isAfter(goodAt, since))
    return { next: { state: 'ok', since: goodAt, reason: null }, figures: { source: 'receipts' } }
  const back = (at: Date | null, source: string): Found => ({
    next: { state: 'unproven', since: at, reason: null },
    figures: { source },
  })
  const isRested = since === null || now.getTime() - since.getTime() >= LIMITS.restMs
  if (previous.reason !== 'NO_RECEIPTS') {
    if (isAfter(acceptedAt, since)) return back(acceptedAt, 'sends')
    if (isRested && isAfter(probedAt, since)) return back(probedAt, 'probe')
  }
  if (isAfter(connectedAt, since) && !isBlind(evidence, now)) return back(connectedAt, 'connection')
  return null
}

function isBlind({ connectedAt }: DeliveryEvidence, now: Date): boolean {
  return connectedAt !== null && now.getTime() - connectedAt.getTime() < LIMITS.blindMs
}

/** Whether `at` is later than `since`; a moment that is not known is before all others. */
function isAfter(at: Date | null, since: Date | null): boolean {
  return at !== null && (since === null || at > since)
}
