import type { Instance } from '../api/open-client.ts'
import type { Words } from '../words/en.ts'
import type { Format } from '../words/format.ts'

/** Reasons after which only a new scan brings a number back. */
const NEEDS_SCAN = new Set([
  'NEVER_CONNECTED',
  'WAITING_FOR_SCAN',
  'QR_LIMIT_REACHED',
  'CLOSED',
  'LOGGED_OUT',
  'LOGGED_OUT_BY_PHONE',
  'LOGIN_REFUSED',
])

/** Whether showing a QR code is the next step. */
export function needsScan(instance: Instance): boolean {
  if (instance.statusReason !== null && NEEDS_SCAN.has(instance.statusReason)) return true
  return instance.status === 'disconnected' && instance.statusReason === null
}

/** Why a number has its status or does not serve, in the page's language; null where the status says it all. */
export function whyOf(instance: Instance, w: Words): string | null {
  const { statusReason } = instance
  if (statusReason === null && instance.unavailableReason === 'DUPLICATE_PHONE')
    return w.reason.DUPLICATE_PHONE
  if (statusReason === null || statusReason === 'BANNED') return null
  return (w.statusReason as Record<string, string>)[statusReason] ?? statusReason
}

/**
 * What a person should do about a number, as the API says it, in the page's language; an action that is not known here is
 * told in the API's words. Null where nothing is to be done.
 */
export function actionOf(instance: Instance, w: Words): string | null {
  if (instance.action === null) return null
  if (instance.status === 'connected' && instance.paused && instance.statusReason !== 'WRONG_PHONE')
    return w.action.PAUSED
  if (instance.unavailableReason === 'DUPLICATE_PHONE' && instance.duplicateOf !== null)
    return w.action.duplicateOf(instance.duplicateOf)
  const known = knownAction(instance.statusReason, w)
  if (known) return known
  if (instance.status === 'banned') return w.action.BANNED
  if (instance.statusReason === null && instance.status === 'disconnected')
    return w.action.LOGGED_OUT_BY_PHONE
  if (instance.statusReason === null && instance.status === 'connecting') return w.action.RECONNECTING
  return instance.action
}

function knownAction(reason: string | null, w: Words): string | undefined {
  const known = (w.action as Record<string, unknown>)[reason ?? '']
  return typeof known === 'string' ? known : undefined
}

/** What a number waits for although nobody need do anything: a full hour or day. Null where it does not. */
export function waitOf(instance: Instance, w: Words, f: Format, nowMs: number): string | null {
  if (instance.unavailableReason === 'HOURLY_LIMIT')
    return instance.hourlyCapacity === 0 ? w.fleet.noRoom : w.fleet.freeAgain(f.clock(nextHour(nowMs)))
  if (instance.unavailableReason !== 'DAILY_LIMIT') return null
  return instance.dailyCapacity === 0 ? w.fleet.noRoom : w.fleet.freeTomorrow
}

/** Hours are counted by the clock, whatever the time zone's minutes. */
function nextHour(nowMs: number): number {
  const hourMs = 3_600_000
  return Math.floor(nowMs / hourMs) * hourMs + hourMs
}
