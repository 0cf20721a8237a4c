import { FleetError, type Reason } from '../ground/fleet-error.ts'
import { unavailableReason } from '../instance/availability.ts'
import type { Candidate } from './candidate.ts'
import { isDeliveryProbe, isKnownTo, isServed, type Recipient } from './recipient.ts'

/** The next starts of the two windows, in milliseconds since the epoch. */
export type WindowEnds = { nextHourMs: number; nextDayMs: number }

/** Why this one cannot serve this reserve; null when it can. Without a recipient the message is for no known contact. */
export function refusalReason(
  candidate: Candidate,
  exclude?: ReadonlySet<string>,
  recipient?: Recipient,
): Reason | null {
  if (exclude?.has(candidate.name)) return 'EXCLUDED'
  const reason = unavailableReason(candidate)
  if (reason === 'NOT_DELIVERING' && isDeliveryProbe(candidate, recipient)) return null
  const isFull = reason === 'DAILY_LIMIT' || reason === 'HOURLY_LIMIT'
  if (candidate.isDraining && (reason === null || isFull) && !isKnownTo(candidate, recipient))
    return 'DRAINING'
  if (reason === null && !isServed(candidate, recipient)) return 'RESTRICTED'
  return reason
}

/** When it can serve again if nothing but time passes; null when it can now, and when time alone does not help. */
export function availableAgainMs(
  candidate: Candidate,
  reason: Reason | null,
  ends: WindowEnds,
): number | null {
  if (candidate.hourlyCapacity <= 0 || candidate.dailyCapacity <= 0) return null
  if (reason === 'DAILY_LIMIT') return ends.nextDayMs
  if (reason === 'HOURLY_LIMIT') return ends.nextHourMs
  if (reason === 'RESTRICTED') return candidate.restrictedUntilMs
  return null
}

/** The error for a reserve that none of these instances can serve. */
export function noCapacity(
  candidates: Iterable<Candidate>,
  exclude: ReadonlySet<string> | undefined,
  ends: WindowEnds,
  recipient?: Recipient,
): FleetError {
  const reasons: Partial<Record<Reason, number>> = {}
  let earliestMs: number | null = null
  for (const candidate of candidates) {
    const reason = refusalReason(candidate, exclude, recipient)
    if (reason === null) continue
    reasons[reason] = (reasons[reason] ?? 0) + 1
    const againMs = availableAgainMs(candidate, reason, ends)
    if (againMs !== null && (earliestMs === null || againMs < earliestMs)) earliestMs = againMs
  }
  const availableAt = earliestMs === null ? null : new Date(earliestMs)
  const counted = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`)
  const found = counted.length === 0 ? 'there is no instance' : counted.join(', ')
  const advice =
    availableAt !== null
      ? `Try again at ${availableAt.toISOString()}.`
      : reasons.NOT_DELIVERING
        ? 'A number whose messages do not arrive comes back when one arrives or a test of its connection is answered: try again in a minute, or connect another number.'
        : 'Waiting alone does not help: connect a number, raise a limit or unpause one.'
  return new FleetError('NO_CAPACITY', `No instance can send this message now (${found}). ${advice}`, {
    availableAt,
    reasons,
  })
}
