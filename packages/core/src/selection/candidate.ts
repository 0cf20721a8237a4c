import { type AvailabilityFacts, unavailableReason } from '../instance/availability.ts'
import type { OpenHours } from '../instance/hours.ts'

/** One instance as choosing reads it: its counters already read in the present hour and local day. */
export type Candidate = AvailabilityFacts & {
  readonly name: string
  /** The pools that it belongs to. */
  tags: readonly string[]
  /** The Evolution server that has it. */
  server: string
  /** 1-100; higher is preferred. */
  priority: number
  /** Milliseconds since the epoch; 0 = never. */
  lastSentAtMs: number
  /** WhatsApp lets it serve only contacts who know it. */
  isRestricted: boolean
  /** An operator lets it serve only contacts who know it. */
  isDraining: boolean
  /** Hours are stored. */
  hasHours: boolean
  /** When it may send; null: always, as for hours of another program that are none. */
  open: OpenHours | null
  /** New contacts per clock hour and per local day; null: no limit. */
  newContactsPerHour: number | null
  newContactsPerDay: number | null
  /** New contacts that were counted in the present hour and local day. */
  newContactsThisHour: number
  newContactsToday: number
  /** Shortest time between two of its messages; 0: none. */
  minGapMs: number
  /** When the restriction ends, in milliseconds since the epoch; null: not known, or no restriction. */
  restrictedUntilMs: number | null
  /** Since when an inferred restriction holds, in milliseconds since the epoch; null: there is none, and no probe is due. */
  inferredSinceMs: number | null
  /**
   * The last probe, in milliseconds since the epoch; 0 = never: a message that was granted while it failed, or one to a new contact
   * that was granted while it was restricted.
   */
  probedAtMs: number
  /** The rotation's own time at which this one is next in turn. Kept by the pool, meaningless outside it. */
  turn: number
}

/** New contacts that it may still write to in the present hour and local day; null: no limit. */
export function newContactRoom(
  candidate: Pick<
    Candidate,
    'newContactsPerHour' | 'newContactsPerDay' | 'newContactsThisHour' | 'newContactsToday'
  >,
): number | null {
  const { newContactsPerHour: perHour, newContactsPerDay: perDay } = candidate
  return leastRoom(
    perHour === null ? null : Math.max(0, perHour - candidate.newContactsThisHour),
    perDay === null ? null : Math.max(0, perDay - candidate.newContactsToday),
  )
}

/** The lower of the room of the hour and that of the day; null: no limit. */
export function leastRoom(thisHour: number | null, today: number | null): number | null {
  return thisHour === null ? today : today === null ? thisHour : Math.min(thisHour, today)
}

/** It has a gap between messages, or hours: only a claim with these conditions serves by it. */
export const isTimed = (candidate: Candidate): boolean => candidate.minGapMs > 0 || candidate.hasHours

/** It has a limit for new contacts. */
export const isCounting = (candidate: Pick<Candidate, 'newContactsPerHour' | 'newContactsPerDay'>): boolean =>
  candidate.newContactsPerHour !== null || candidate.newContactsPerDay !== null

/** Connected, not paused, not a duplicate, and room in both windows. The claim's SQL has the same rule; a twin test compares them. */
export function isAvailable(candidate: Candidate): boolean {
  return unavailableReason(candidate) === null
}
