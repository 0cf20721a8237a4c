import type { Day, Hours } from '../instance/hours.ts'

/** What limits how many new contacts a number may write to in a day. Null is no limit; `hours` null is always open. */
export type Budgets = {
  newContactsPerHour: number | null
  newContactsPerDay: number | null
  hourlyCapacity: number
  dailyCapacity: number
  /** The limit of its ramp on this day. */
  rampLimit: number | null
  minGapMs: number
  hours: Hours | null
}

/** What a day used of the budgets so far. Milliseconds since its midnight. */
export type Used = {
  atMs: number
  sentThisHour: number
  sentToday: number
  newContactsThisHour: number
  newContactsToday: number
  /** When the gap after the last message ends. */
  freeAtMs: number
}

const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS

/** The limits of a number that budgets express, by the reason that a limit of this kind has. */
export const BUDGET_REASONS = [
  'NEW_CONTACT_LIMIT',
  'RAMP',
  'DAILY_LIMIT',
  'HOURLY_LIMIT',
  'PACING',
  'OUTSIDE_HOURS',
] as const

export type BudgetReason = (typeof BUDGET_REASONS)[number]

/**
 * How many new contacts a number can write to on a day of the week, when all its messages go to new contacts: the law of the claim,
 * over the clock hours of a day of 24 hours. Messages go out as early as the gap allows.
 *
 * @param used null: the whole day; else what is left of it
 */
export function dayRoom(budgets: Budgets, day: Day, used: Used | null = null): number {
  return withinDay(budgets, hoursRoom(budgets, day, used), used)
}

/**
 * Makes `dayRoom` for whole days of many numbers: what hours, limits of an hour and gaps leave is computed once for numbers that have
 * the same ones. `hours` are compared as objects.
 */
export function sharedDayRooms(): (budgets: Budgets, day: Day) => number {
  const ofHours = new Map<Hours | null, Map<string, number>>()
  return (budgets, day) => {
    const { hours, hourlyCapacity, newContactsPerHour, minGapMs } = budgets
    const rooms = ofHours.get(hours) ?? new Map<string, number>()
    ofHours.set(hours, rooms)
    const key = `${day} ${hourlyCapacity} ${newContactsPerHour} ${minGapMs}`
    const room = rooms.get(key) ?? hoursRoom(budgets, day, null)
    rooms.set(key, room)
    return withinDay(budgets, room, null)
  }
}

/** The room of the hours, lowered to that of the day. */
function withinDay(budgets: Budgets, ofHours: number, used: Used | null): number {
  const { newContactsPerDay, dailyCapacity, rampLimit } = budgets
  const ofNew = (newContactsPerDay ?? Number.POSITIVE_INFINITY) - (used?.newContactsToday ?? 0)
  const ofDay = Math.min(dailyCapacity, rampLimit ?? dailyCapacity) - (used?.sentToday ?? 0)
  return Math.max(0, Math.min(ofNew, ofDay, ofHours))
}

/** What the hours, the limits of an hour and the gap leave of a day. */
function hoursRoom(budgets: Budgets, day: Day, used: Used | null): number {
  const { hourlyCapacity, newContactsPerHour, minGapMs } = budgets
  const spans = openSpans(budgets.hours, day)
  const fromMs = used?.atMs ?? 0
  let freeAtMs = used?.freeAtMs ?? 0
  let room = 0
  for (let hourMs = 0; hourMs < DAY_MS; hourMs += HOUR_MS) {
    const isPresent = used !== null && hourMs <= fromMs && fromMs < hourMs + HOUR_MS
    let left = Math.min(
      hourlyCapacity - (isPresent ? used.sentThisHour : 0),
      (newContactsPerHour ?? Number.POSITIVE_INFINITY) - (isPresent ? used.newContactsThisHour : 0),
    )
    for (const { from, to } of spans) {
      const endMs = Math.min(to, hourMs + HOUR_MS)
      const startMs = Math.max(from, hourMs, fromMs, freeAtMs)
      if (startMs >= endMs || left <= 0) continue
      if (minGapMs === 0) {
        room += left
        left = 0
        continue
      }
      const messages = Math.min(left, Math.ceil((endMs - startMs) / minGapMs))
      room += messages
      left -= messages
      freeAtMs = startMs + messages * minGapMs
    }
  }
  return room
}

type Span = { from: number; to: number }

/** The open spans of a day, in milliseconds since its midnight, in order. Spans that overlap count once, because a gap and an hour do. */
function openSpans(hours: Hours | null, day: Day): Span[] {
  if (hours === null) return [{ from: 0, to: DAY_MS }]
  return hours
    .filter(({ days }) => days.includes(day))
    .map(({ from, to }) => ({ from: msOf(from), to: msOf(to) }))
    .sort((one, other) => one.from - other.from)
}

function msOf(time: string): number {
  const [hour, minute] = time.split(':').map(Number)
  return (hour ?? 0) * HOUR_MS + (minute ?? 0) * 60_000
}

/** The budgets without one kind of limit. */
export function without(budgets: Budgets, reason: BudgetReason): Budgets {
  const none = Number.POSITIVE_INFINITY
  switch (reason) {
    case 'NEW_CONTACT_LIMIT':
      return { ...budgets, newContactsPerHour: null, newContactsPerDay: null }
    case 'RAMP':
      return { ...budgets, rampLimit: null }
    case 'DAILY_LIMIT':
      return { ...budgets, dailyCapacity: none }
    case 'HOURLY_LIMIT':
      return { ...budgets, hourlyCapacity: none }
    case 'PACING':
      return { ...budgets, minGapMs: 0 }
    case 'OUTSIDE_HOURS':
      return { ...budgets, hours: null }
  }
}
