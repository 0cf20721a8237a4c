import type { StatusReason } from '../instance/action.ts'
import type { HealthState, Observation } from './health-state.ts'

/**
 * Evolution's restart takes some 20 s for 200 instances, and outages of WhatsApp may be as short; during that time every
 * number reads fallen. Such falls are not stored for this long.
 */
export const GRACE_MS = 30_000
/** A server that restarts again and again within this time is trouble, and is shown as trouble. */
export const NEXT_GRACE_AFTER_MS = 5 * 60_000
/** In a smaller fleet a few falls at once may well be chance. */
const FLEET_MIN = 5

/** Causes that Evolution recorded, or that were observed, are stored at once, however many there are. */
const FINAL: ReadonlySet<string | null> = new Set<StatusReason>([
  'BANNED',
  'LOGGED_OUT',
  'LOGGED_OUT_BY_PHONE',
  'LOGIN_REFUSED',
  'REPLACED',
])

/**
 * Whether this is a fall from connected without a final cause, as Evolution's own restart would show it too. A missing
 * answer is no fall: it has its own rule.
 */
export function isDoubtfulFall(previous: HealthState, observed: Observation, next: HealthState): boolean {
  if (previous.status !== 'connected' || FINAL.has(next.reason)) return false
  if (observed.kind === 'state') return observed.state !== 'open'
  return observed.kind === 'unclear' || observed.kind === 'missing'
}

/** Whether so many connected numbers fell in one round that Evolution or WhatsApp is the cause, and not they. */
export function isMassFall(connected: number, doubtfulFalls: number): boolean {
  return connected >= FLEET_MIN && doubtfulFalls > connected / 2
}

/** Whether a grace holds at a moment. One that seems far longer than it can be is of a clock that was set back. */
export function isGrace(until: Date | null, at: Date): boolean {
  const leftMs = until === null ? 0 : until.getTime() - at.getTime()
  return leftMs > 0 && leftMs <= 2 * GRACE_MS
}
