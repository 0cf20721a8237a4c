import type { Reason } from '../ground/fleet-error.ts'
import type { Status } from '../instance/status.ts'

/** One instance as choosing sees it: its counters already read in the present hour and local day. */
export type Candidate = {
  readonly name: string
  status: Status
  paused: boolean
  /** Another instance serves the same phone. */
  isDuplicate: boolean
  /** Messages per clock hour and per local day. */
  hourlyCapacity: number
  dailyCapacity: number
  sentThisHour: number
  sentToday: number
  /** 1-100; higher is preferred. */
  priority: number
  /** Milliseconds since the epoch; 0 = never. */
  lastSentAtMs: number
  /** The rotation's own time at which this one is next in turn. Kept by the pool, meaningless outside it. */
  turn: number
}

/** Why it cannot serve now, the first reason that applies; null when it can. */
export function unavailableReason(
  candidate: Omit<Candidate, 'turn' | 'lastSentAtMs' | 'priority' | 'name'>,
): Reason | null {
  if (candidate.status === 'banned') return 'BANNED'
  if (candidate.status === 'disconnected') return 'DISCONNECTED'
  if (candidate.status === 'connecting') return 'CONNECTING'
  if (candidate.status === 'unknown') return 'UNKNOWN'
  if (candidate.paused) return 'PAUSED'
  if (candidate.isDuplicate) return 'DUPLICATE_PHONE'
  if (candidate.sentToday >= candidate.dailyCapacity) return 'DAILY_LIMIT'
  if (candidate.sentThisHour >= candidate.hourlyCapacity) return 'HOURLY_LIMIT'
  return null
}

/** Connected, not paused, not a duplicate, and room in both windows. The claim's SQL has the same rule; a twin test compares them. */
export function isAvailable(candidate: Candidate): boolean {
  return unavailableReason(candidate) === null
}

/** Sent today as a share of the daily capacity, 0 to 1 and above; a capacity of 0 counts as full. */
export function load(sentToday: number, dailyCapacity: number): number {
  return dailyCapacity > 0 ? sentToday / dailyCapacity : 1
}
