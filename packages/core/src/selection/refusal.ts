import { FleetError, type Reason } from '../ground/fleet-error.ts'
import { unavailableReason } from '../instance/availability.ts'
import type { Candidate } from './candidate.ts'
import {
  isDeliveryProbe,
  isKnownTo,
  isPaced,
  isServed,
  isWithoutNewContactRoom,
  NO_ACQUAINTANCE,
  type Recipient,
  slotMs,
} from './recipient.ts'

/** The next starts of the two windows, in milliseconds since the epoch. */
export type WindowEnds = { nextHourMs: number; nextDayMs: number }

/** Why this one cannot serve this reserve; null when it can. Without a recipient the message is for no known contact. */
export function refusalReason(
  candidate: Candidate,
  exclude?: ReadonlySet<string>,
  recipient?: Recipient,
): Reason | null {
  if (exclude?.has(candidate.name)) return 'EXCLUDED'
  if (recipient && recipient.pool !== null && !candidate.tags.includes(recipient.pool)) return 'OTHER_POOL'
  const reason = presentReason(candidate, recipient)
  if (
    candidate.isDraining &&
    (reason === null || ENDS_BY_TIME.has(reason)) &&
    !isKnownTo(candidate, recipient)
  )
    return 'DRAINING'
  if (reason !== null) return reason
  if (!isServed(candidate, recipient)) return 'RESTRICTED'
  if (isWithoutNewContactRoom(candidate, recipient)) return 'NEW_CONTACT_LIMIT'
  return isPaced(candidate, recipient) ? 'PACING' : null
}

/** Reasons that come after DRAINING in the order of `REASONS`. */
const ENDS_BY_TIME: ReadonlySet<Reason> = new Set(['OUTSIDE_HOURS', 'DAILY_LIMIT', 'HOURLY_LIMIT'])

/** Why it serves no contact that is known to it, without the exceptions for this recipient: a probe, and a reply outside the hours. */
function presentReason(candidate: Candidate, recipient: Recipient | undefined): Reason | null {
  const reason = unavailableReason(candidate)
  if (reason === 'OUTSIDE_HOURS' && recipient?.repliesTo.has(candidate.name))
    return unavailableReason({ ...candidate, isOutsideHours: false })
  if (reason === 'NOT_DELIVERING' && isDeliveryProbe(candidate, recipient)) return null
  return reason
}

/** So many reasons of one number may follow each other until it can serve. */
const MOST_REASONS = 20
const HOUR_MS = 3_600_000

/**
 * When a reserve without a wait would be granted if nothing but time passes, in milliseconds since the epoch: the end of the reason, and of each
 * reason that follows it. Null when it can serve now, and when time alone does not help.
 */
export function availableAgainMs(
  candidate: Candidate,
  reason: Reason | null,
  ends: WindowEnds,
  recipient: Recipient,
): number | null {
  let present = reason
  let atMs = recipient.atMs
  for (let step = 0; step < MOST_REASONS && present !== null; step++) {
    const endsAtMs = endMs(candidateAt(candidate, ends, atMs), present, ends, atMs)
    if (endsAtMs === null || !Number.isFinite(endsAtMs) || endsAtMs < atMs) return null
    atMs = endsAtMs
    present = refusalReason(candidateAt(candidate, ends, atMs), undefined, recipientAt(recipient, ends, atMs))
    if (present === null) return atMs
  }
  return null
}

/** The number at a later moment, if nothing is sent until then. */
function candidateAt(candidate: Candidate, { nextHourMs, nextDayMs }: WindowEnds, atMs: number): Candidate {
  const isNextHour = atMs >= nextHourMs
  const isNextDay = atMs >= nextDayMs
  const { restrictedUntilMs, open } = candidate
  return {
    ...candidate,
    sentThisHour: isNextHour ? 0 : candidate.sentThisHour,
    sentToday: isNextDay ? 0 : candidate.sentToday,
    newContactsThisHour: isNextHour ? 0 : candidate.newContactsThisHour,
    newContactsToday: isNextDay ? 0 : candidate.newContactsToday,
    isOutsideHours: open !== null && !open.isOpen(atMs),
    isRestricted: candidate.isRestricted && (restrictedUntilMs === null || restrictedUntilMs > atMs),
  }
}

function recipientAt(recipient: Recipient, ends: WindowEnds, atMs: number): Recipient {
  return {
    ...recipient,
    repliesTo: new Map([...recipient.repliesTo].filter(([, untilMs]) => atMs < untilMs)),
    atMs,
    maxWaitMs: 0,
    hourEndsMs: hourEndMs(ends, atMs),
    countedBy: atMs >= ends.nextDayMs ? NO_ACQUAINTANCE.countedBy : recipient.countedBy,
  }
}

const hourEndMs = ({ nextHourMs }: WindowEnds, atMs: number): number =>
  atMs < nextHourMs ? nextHourMs : nextHourMs + (Math.floor((atMs - nextHourMs) / HOUR_MS) + 1) * HOUR_MS

/** When the reason ends that holds at `atMs`; null: it does not by time. */
function endMs(candidate: Candidate, reason: Reason, ends: WindowEnds, atMs: number): number | null {
  switch (reason) {
    case 'DAILY_LIMIT':
      return candidate.dailyCapacity > 0 ? ends.nextDayMs : null
    case 'HOURLY_LIMIT':
      return candidate.hourlyCapacity > 0 ? hourEndMs(ends, atMs) : null
    case 'OUTSIDE_HOURS':
      return candidate.open?.opensAt(atMs) ?? null
    case 'RESTRICTED':
      return candidate.restrictedUntilMs
    case 'NEW_CONTACT_LIMIT': {
      const { newContactsPerHour: perHour, newContactsPerDay: perDay, newContactsToday: today } = candidate
      if (perHour === 0 || perDay === 0) return null
      return perDay !== null && today >= perDay ? ends.nextDayMs : hourEndMs(ends, atMs)
    }
    case 'PACING':
      return slotMs(candidate, atMs)
    default:
      return null
  }
}

/** The error for a pool that no instance belongs to. */
export function unknownPool(pool: string): FleetError {
  return new FleetError(
    'NOT_FOUND',
    `pool: no number has the tag ${JSON.stringify(pool)}. Check its spelling, or give a number this tag (instance.update).`,
  )
}

/** The error for a reserve that none of these instances can serve. `others`: instances of other pools that are not among these. */
export function noCapacity(
  candidates: Iterable<Candidate>,
  exclude: ReadonlySet<string> | undefined,
  ends: WindowEnds,
  recipient: Recipient,
  others = 0,
): FleetError {
  const reasons: Partial<Record<Reason, number>> = others > 0 ? { OTHER_POOL: others } : {}
  let earliestMs: number | null = null
  for (const candidate of candidates) {
    const reason = refusalReason(candidate, exclude, recipient)
    if (reason === null) continue
    reasons[reason] = (reasons[reason] ?? 0) + 1
    const againMs = availableAgainMs(candidate, reason, ends, recipient)
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
