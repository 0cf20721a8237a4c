import { INSTANCE_LIMITS } from '@zapfleet/client'
import type { Instance } from '../api/open-client.ts'
import type { Words } from '../words/en.ts'
import type { Format } from '../words/format.ts'
import { isWhole } from './draft.ts'
import { type Day, type Hours, inOrder, readEnd, readTime } from './hours.ts'

/** A row of hours as texts. `key` distinguishes the rows of one form. */
export type SpanDraft = { key: number; days: readonly Day[]; from: string; to: string }

/** A ramp as texts. */
export type RampDraft = { from: string; to: string; days: string }

/** The limits beside those per hour and day, as the texts of a form. */
export type BudgetDraft = {
  newHourly: string
  newDaily: string
  /** Seconds. */
  gap: string
  ramp: RampDraft | null
  hours: readonly SpanDraft[] | null
}

/** The fields of `instance.update` that a draft sets. */
export type BudgetChanges = {
  newContactsPerHour?: number | null
  newContactsPerDay?: number | null
  minGapMs?: number
  ramp?: { from: number; to: number; days: number } | null
  hours?: Hours | null
}

/** The problem of each invalid field, as a sentence. Fields of hours have the key of their row. */
export type BudgetProblems = Partial<
  Record<
    | 'newHourly'
    | 'newDaily'
    | 'gap'
    | 'rampFrom'
    | 'rampTo'
    | 'rampDays'
    | `${'days' | 'from' | 'to'} ${number}`,
    string
  >
>

const { capacityMax, minGapMsMax, rampDaysMin, rampDaysMax } = INSTANCE_LIMITS

/** Most rows of hours. */
export const MOST_SPANS = INSTANCE_LIMITS.hoursMax

/** Working hours, which new hours begin with. */
export const NEW_HOURS: readonly SpanDraft[] = [
  { key: 0, days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', to: '20:00' },
]

/** A ramp that a number without one begins with: to its limit per day, in three weeks. */
export function newRamp(daily: string): RampDraft {
  const from = 10
  return { from: String(from), to: Number(daily) >= from ? daily.trim() : '100', days: '21' }
}

/** The stored limits as texts; a gap of 1,500 ms as 1.5 or 1,5, by the language. */
export function budgetOf(instance: Instance, f: Format): BudgetDraft {
  const { newContactsPerHour, newContactsPerDay, minGapMs, ramp, hours } = instance
  return {
    newHourly: newContactsPerHour === null ? '' : String(newContactsPerHour),
    newDaily: newContactsPerDay === null ? '' : String(newContactsPerDay),
    gap: minGapMs === 0 ? '' : f.plain(minGapMs / 1_000),
    ramp: ramp && { from: String(ramp.from), to: String(ramp.to), days: String(ramp.days) },
    hours: hours?.map((span, key) => ({ ...span, key })) ?? null,
  }
}

/** Which of these limits a draft sets. */
export function partsOf(draft: BudgetDraft): ('newContacts' | 'gap' | 'ramp' | 'hours')[] {
  return [
    ...(draft.newHourly.trim() !== '' || draft.newDaily.trim() !== '' ? (['newContacts'] as const) : []),
    ...(draft.gap.trim() !== '' ? (['gap'] as const) : []),
    ...(draft.ramp ? (['ramp'] as const) : []),
    ...(draft.hours ? (['hours'] as const) : []),
  ]
}

export function budgetProblems(draft: BudgetDraft, w: Words, f: Format): BudgetProblems {
  const problems: BudgetProblems = {}
  const notCount = w.budget.notCount(f.number(capacityMax))
  for (const field of ['newHourly', 'newDaily'] as const)
    if (draft[field].trim() !== '' && !isWhole(draft[field], 0, capacityMax)) problems[field] = notCount
  const gapMs = readGap(draft.gap)
  if (Number.isNaN(gapMs) || gapMs > minGapMsMax)
    problems.gap = w.budget.notGap(f.number(minGapMsMax / 1_000))
  if (draft.ramp) Object.assign(problems, rampProblems(draft.ramp, w, f))
  for (const span of draft.hours ?? []) Object.assign(problems, spanProblems(span, w))
  return problems
}

function rampProblems({ from, to, days }: RampDraft, w: Words, f: Format): BudgetProblems {
  const problems: BudgetProblems = {}
  const notLimit = w.budget.notRampLimit(f.number(capacityMax))
  if (!isWhole(from, 1, capacityMax)) problems.rampFrom = notLimit
  if (!isWhole(to, 1, capacityMax)) problems.rampTo = notLimit
  else if (problems.rampFrom === undefined && Number(to) < Number(from)) problems.rampTo = w.budget.rampFalls
  if (!isWhole(days, rampDaysMin, rampDaysMax))
    problems.rampDays = w.budget.notRampDays(f.number(rampDaysMin), f.number(rampDaysMax))
  return problems
}

function spanProblems({ key, days, ...typed }: SpanDraft, w: Words): BudgetProblems {
  const [from, to] = [readTime(typed.from), readEnd(typed.to)]
  const problems: BudgetProblems = {}
  if (days.length === 0) problems[`days ${key}`] = w.hours.noDay
  if (from === null) problems[`from ${key}`] = w.hours.notTime
  if (to === null) problems[`to ${key}`] = w.hours.notEnd
  else if (from !== null && to <= from) problems[`to ${key}`] = w.hours.overMidnight(from, to)
  return problems
}

/** What is unusual about valid limits, as a sentence each. */
export function budgetWarnings(
  draft: BudgetDraft & { daily: string },
  w: Words,
  f: Format,
): { newContacts?: string; ramp?: string } {
  const { newHourly, newDaily, ramp, daily } = draft
  const isAbove = newDaily.trim() !== '' && Number(newHourly) > Number(newDaily)
  const isCut = ramp !== null && isWhole(daily, 0, capacityMax) && Number(ramp.to) > Number(daily)
  return {
    ...(isAbove ? { newContacts: w.budget.newHourAboveDay } : {}),
    ...(isCut ? { ramp: w.budget.rampAboveDay(f.number(Number(daily))) } : {}),
  }
}

/** The limits in which a draft differs from the stored ones. */
export function readBudget(draft: BudgetDraft, stored: BudgetDraft): BudgetChanges {
  const [next, before] = [valuesOf(draft), valuesOf(stored)]
  return {
    ...(Object.is(next.newHourly, before.newHourly) ? {} : { newContactsPerHour: next.newHourly }),
    ...(Object.is(next.newDaily, before.newDaily) ? {} : { newContactsPerDay: next.newDaily }),
    ...(Object.is(next.gapMs, before.gapMs) ? {} : { minGapMs: next.gapMs }),
    ...(isSameRamp(next.ramp, before.ramp) ? {} : { ramp: next.ramp }),
    ...(JSON.stringify(next.hours) === JSON.stringify(before.hours) ? {} : { hours: next.hours }),
  }
}

/** NaN for a text that is no number; the text itself for one that is no time. Both differ from what is stored. */
function valuesOf({ newHourly, newDaily, gap, ramp, hours }: BudgetDraft) {
  return {
    newHourly: readCount(newHourly),
    newDaily: readCount(newDaily),
    gapMs: readGap(gap),
    ramp: ramp && { from: Number(ramp.from), to: Number(ramp.to), days: Number(ramp.days) },
    hours:
      hours?.map(({ days, from, to }) => ({
        days: inOrder(days),
        from: readTime(from) ?? from,
        to: readEnd(to) ?? to,
      })) ?? null,
  }
}

function readCount(text: string): number | null {
  return text.trim() === '' ? null : Number(text)
}

/** Seconds with a point or a comma as milliseconds; 0 for an empty text. */
function readGap(text: string): number {
  const typed = text.trim()
  if (typed === '') return 0
  return /^\d{1,4}([.,]\d{1,3})?$/.test(typed)
    ? Math.round(Number(typed.replace(',', '.')) * 1_000)
    : Number.NaN
}

function isSameRamp(one: BudgetChanges['ramp'], other: BudgetChanges['ramp']): boolean {
  if (!one || !other) return one === other
  return (['from', 'to', 'days'] as const).every((field) => Object.is(one[field], other[field]))
}
