import { adviceCode } from '@zapfleet/words'
import type { Instance } from '../api/open-client.ts'
import { fullForNew, takesNewContacts } from '../number/budget.ts'
import { type Hours, isOpenAt, type LocalTime, openingWords } from '../number/hours.ts'
import type { Words } from '../words/en.ts'
import type { Format } from '../words/format.ts'

/** Why a number has its status or does not serve, in the page's language; null where the status is enough. */
export function whyOf(instance: Instance, w: Words): string | null {
  const { statusReason } = instance
  if (statusReason === null && instance.unavailableReason === 'DUPLICATE_PHONE')
    return w.reason.DUPLICATE_PHONE
  if (statusReason === null && instance.unavailableReason === 'NOT_DELIVERING') return w.reason.NOT_DELIVERING
  if (statusReason === null && instance.status === 'connected' && instance.restriction)
    return w.reason.RESTRICTED
  if (statusReason === null || statusReason === 'BANNED') return null
  return w.statusReason[statusReason] ?? statusReason
}

/**
 * What a person should do about a number, in the page's language; an action of a newer API in the API's words. Null where
 * nothing is to be done.
 */
export function actionOf(instance: Instance, w: Words): string | null {
  const code = adviceCode(instance)
  if (code === null) return instance.action
  if (code === 'DUPLICATE_PHONE') return w.action.duplicateOf(instance.duplicateOf ?? '')
  return w.action[code] ?? instance.action
}

/** Whether a number sends, as far as its status and its operator allow it. */
export function sendsOf({ status, paused, duplicateOf, unavailableReason, delivery }: Instance): boolean {
  // The name of a number with the same phone is not shown where that is in another pool.
  const isDuplicate = duplicateOf !== null || unavailableReason === 'DUPLICATE_PHONE'
  return status === 'connected' && !paused && !isDuplicate && delivery.state !== 'failing'
}

/** What a number without a fault waits for: its hours, or room in a limit. Null when it waits for neither. */
export function waitOf(instance: Instance, w: Words, f: Format, nowMs: number): string | null {
  const { unavailableReason: reason, hours } = instance
  if (reason === 'OUTSIDE_HOURS') return hours && waitForHours(hours, f.wallTime(nowMs), w)
  if (reason === 'HOURLY_LIMIT')
    return instance.hourlyCapacity === 0 ? w.fleet.noRoom : w.fleet.freeAgain(f.clock(nextHour(nowMs)))
  if (reason === 'DAILY_LIMIT') return instance.dailyCapacity === 0 ? w.fleet.noRoom : w.fleet.freeTomorrow
  return sendsOf(instance) && takesNewContacts(instance) ? waitForNew(instance, w, f, nowMs) : null
}

/** When hours open; null where they are open: no event reports that, so an instance may read OUTSIDE_HOURS after it. */
function waitForHours(hours: Hours, now: LocalTime, w: Words): string | null {
  return isOpenAt(hours, now) ? null : w.fleet.closed(openingWords(hours, now, w))
}

/** When a number serves new contacts again; null where it does now, and where an operator set their limit to 0. */
function waitForNew(instance: Instance, w: Words, f: Format, nowMs: number): string | null {
  const window = fullForNew(instance)
  if (window === null || instance.newContactsPerDay === 0 || instance.newContactsPerHour === 0) return null
  return window === 'day' ? w.fleet.newTomorrow : w.fleet.newAgain(f.clock(nextHour(nowMs)))
}

/** Hours are those of the clock in UTC, also where the time zone differs by minutes. */
function nextHour(nowMs: number): number {
  const hourMs = 3_600_000
  return Math.floor(nowMs / hourMs) * hourMs + hourMs
}
