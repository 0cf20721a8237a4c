import type { Reason } from '../ground/fleet-error.ts'
import type { Status } from './status.ts'

/** What decides whether an instance can send now: its counters already read in the present hour and local day. */
export type AvailabilityFacts = {
  status: Status
  paused: boolean
  /** Another instance serves the same phone. */
  isDuplicate: boolean
  /** Its messages do not arrive: only probes go out. */
  isFailing: boolean
  /** It is closed now: only replies go out. */
  isOutsideHours: boolean
  /** Messages per clock hour and per local day; the limit of a ramp lowers that of the day. */
  hourlyCapacity: number
  dailyCapacity: number
  sentThisHour: number
  sentToday: number
}

/** Why an instance cannot send now, the first reason that applies; null when it can. */
export function unavailableReason(facts: AvailabilityFacts): Reason | null {
  if (facts.status === 'banned') return 'BANNED'
  if (facts.status === 'disconnected') return 'DISCONNECTED'
  if (facts.status === 'connecting') return 'CONNECTING'
  if (facts.status === 'unknown') return 'UNKNOWN'
  if (facts.paused) return 'PAUSED'
  if (facts.isDuplicate) return 'DUPLICATE_PHONE'
  if (facts.isFailing) return 'NOT_DELIVERING'
  if (facts.isOutsideHours) return 'OUTSIDE_HOURS'
  if (facts.sentToday >= facts.dailyCapacity) return 'DAILY_LIMIT'
  if (facts.sentThisHour >= facts.hourlyCapacity) return 'HOURLY_LIMIT'
  return null
}

/** Sent today as a share of the daily capacity, 0 to 1 and above; a capacity of 0 counts as full. */
export function load(sentToday: number, dailyCapacity: number): number {
  return dailyCapacity > 0 ? sentToday / dailyCapacity : 1
}
