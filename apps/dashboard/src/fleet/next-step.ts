import { adviceCode } from '@zapfleet/words'
import type { Instance } from '../api/open-client.ts'
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

/** When a number with a full hour or day sends again; null when neither is full. */
export function waitOf(instance: Instance, w: Words, f: Format, nowMs: number): string | null {
  if (instance.unavailableReason === 'HOURLY_LIMIT')
    return instance.hourlyCapacity === 0 ? w.fleet.noRoom : w.fleet.freeAgain(f.clock(nextHour(nowMs)))
  if (instance.unavailableReason !== 'DAILY_LIMIT') return null
  return instance.dailyCapacity === 0 ? w.fleet.noRoom : w.fleet.freeTomorrow
}

/** Hours are those of the clock in UTC, also where the time zone differs by minutes. */
function nextHour(nowMs: number): number {
  const hourMs = 3_600_000
  return Math.floor(nowMs / hourMs) * hourMs + hourMs
}
