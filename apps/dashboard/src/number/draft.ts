import { INSTANCE_LIMITS } from '@zapfleet/client'
import type { Instance } from '../api/open-client.ts'
import type { Words } from '../words/en.ts'
import type { Format } from '../words/format.ts'

/** The settings of a number as the texts of a form. */
export type Draft = { hourly: string; daily: string; priority: string; phone: string }

/** Reads a phone number as E.164; null when it is none. */
export type ReadPhone = (text: string) => string | null

/** The fields of `instance.update` that a draft sets. */
export type DraftChanges = {
  hourlyCapacity?: number
  dailyCapacity?: number
  priority?: number
  phoneNumber?: string | null
}

const { capacityMax, priorityMin, priorityMax, ...limits } = INSTANCE_LIMITS

/** The defaults of a new number. */
export const NEW_DRAFT: Draft = {
  hourly: String(limits.hourlyCapacityDefault),
  daily: String(limits.dailyCapacityDefault),
  priority: String(limits.priorityDefault),
  phone: '',
}

export function draftOf(instance: Instance): Draft {
  return {
    hourly: String(instance.hourlyCapacity),
    daily: String(instance.dailyCapacity),
    priority: String(instance.priority),
    phone: instance.phoneNumber ?? '',
  }
}

/** The problem of each invalid field, as a sentence. Without `read` the API checks the phone. */
export function problemsOf(
  draft: Draft,
  w: Words,
  f: Format,
  read: ReadPhone | null,
): Partial<Record<keyof Draft, string>> {
  const problems: Partial<Record<keyof Draft, string>> = {}
  const notWhole = w.settings.notWhole(f.number(capacityMax))
  if (!isWhole(draft.hourly, 0, capacityMax)) problems.hourly = notWhole
  if (!isWhole(draft.daily, 0, capacityMax)) problems.daily = notWhole
  if (!isWhole(draft.priority, priorityMin, priorityMax)) problems.priority = w.settings.notPriority
  if (draft.phone.trim() !== '' && phoneOf(draft.phone, read) === null) problems.phone = w.settings.notPhone
  return problems
}

/** The settings in which a draft differs from the stored ones. */
export function readDraft(draft: Draft, stored: Draft, read: ReadPhone | null): DraftChanges {
  const phone = phoneOf(draft.phone, read)
  const isPhoneKept = draft.phone.trim() === stored.phone || (phone !== null && phone === stored.phone)
  return {
    ...(Number(draft.hourly) === Number(stored.hourly) ? {} : { hourlyCapacity: Number(draft.hourly) }),
    ...(Number(draft.daily) === Number(stored.daily) ? {} : { dailyCapacity: Number(draft.daily) }),
    ...(Number(draft.priority) === Number(stored.priority) ? {} : { priority: Number(draft.priority) }),
    ...(isPhoneKept ? {} : { phoneNumber: phone }),
  }
}

/** A typed phone number as E.164, or as it was typed while there is no `read`; null when it is empty or no phone number. */
export function phoneOf(text: string, read: ReadPhone | null): string | null {
  const typed = text.trim()
  if (typed === '') return null
  return read === null ? typed : read(typed)
}

/** Whether a text is a whole number within these bounds. */
export function isWhole(text: string, least: number, most: number): boolean {
  return /^\d{1,7}$/.test(text.trim()) && Number(text) >= least && Number(text) <= most
}
