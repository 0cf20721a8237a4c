import type { Instance } from '../api/open-client.ts'

/** Whether a number serves new contacts at all, whatever its limits. */
export function takesNewContacts({
  draining,
  restriction,
}: Pick<Instance, 'draining' | 'restriction'>): boolean {
  return !draining && restriction === null
}

type Paced = Pick<Instance, 'unavailableReason' | 'lastSentAt' | 'minGapMs'>

/**
 * When a number that waits between two messages may send the next one, in milliseconds since the epoch; null when it does not
 * wait. No event reports the end of the wait, so an instance may read PACING after it.
 */
export function pacedUntil({ unavailableReason, lastSentAt, minGapMs }: Paced, nowMs: number): number | null {
  if (unavailableReason !== 'PACING' || lastSentAt === null) return null
  const until = Date.parse(lastSentAt) + minGapMs
  return until > nowMs ? until : null
}

/** Why a number cannot send at this moment, when its wait between two messages may be over. */
export function reasonAt(instance: Instance, nowMs: number): Instance['unavailableReason'] {
  const { unavailableReason: reason } = instance
  return reason === 'PACING' && pacedUntil(instance, nowMs) === null ? null : reason
}

type NewContacts = Pick<
  Instance,
  'newContactsPerHour' | 'newContactsPerDay' | 'newContactsThisHour' | 'newContactsToday'
>

/** The window of a number's limits for new contacts that is full, the longer one of two; null where there is room. */
export function fullForNew(one: NewContacts): 'hour' | 'day' | null {
  const { newContactsPerHour: perHour, newContactsPerDay: perDay } = one
  if (perDay !== null && one.newContactsToday >= perDay) return 'day'
  return perHour !== null && one.newContactsThisHour >= perHour ? 'hour' : null
}
