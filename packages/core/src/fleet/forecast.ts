import type { Reason } from '../ground/fleet-error.ts'
import { DAYS, type Day } from '../instance/hours.ts'
import { type Ramp, rampLimit } from '../instance/ramp.ts'
import {
  BUDGET_REASONS,
  type BudgetReason,
  type Budgets,
  dayRoom,
  sharedDayRooms,
  type Used,
  without,
} from './day-room.ts'

/** A number at the moment of the forecast. */
export type ForecastNumber = Omit<Budgets, 'rampLimit'> & {
  name: string
  /** Why it takes no new contacts, which lasts until something changes; null: it takes them. */
  reason: Reason | null
  /** The local day on which its restriction ends, YYYY-MM-DD; null: no end is known, or there is another reason. */
  restrictedUntil: string | null
  ramp: Ramp | null
  used: Used
}

export type ForecastPlan = {
  /** New contacts that come each day. */
  newContactsPerDay: number
  /** Contacts that wait for a number now, such as those of a banned one. */
  waiting?: number | undefined
}

export type ForecastReason = Reason | 'RAMP'

/** What keeps numbers from more new contacts. */
export type ForecastCause = {
  reason: ForecastReason
  names: string[]
  /** What these numbers could take more on that day without it, when nothing else changes. */
  newContacts: number
}

/** See `forecastSchema`. Days are local, YYYY-MM-DD. */
export type Forecast = {
  remainingToday: number
  perDay: { today: number; afterRamps: number }
  days: { day: string; newContacts: number }[]
  sufficientDays: number | null
  sufficientFrom: string | null
  daysForOneDay: number | null
  waiting: { contacts: number; days: number | null; until: string | null } | null
  short: { day: string; missing: number; causes: ForecastCause[] } | null
  unlimited: string[]
}

/** The longest ramp, and the week that all later ones are like. */
const HORIZON_DAYS = 372
/** Ten years: a plan that takes longer has no end. */
const MOST_DAYS = 3_650
const SHOWN_DAYS = 7

/**
 * How many new contacts the fleet can take, by the limits that the claims enforce. It counts what limits allow and promises nothing
 * about bans. Numbers that cannot take new contacts now stay so, but for restrictions with an end; ramps grow each night; messages to known
 * contacts use the same limits and are not counted. Days have 24 hours.
 *
 * @param today the local day
 */
export function forecast(numbers: readonly ForecastNumber[], plan: ForecastPlan, today: string): Forecast {
  const days = Array.from({ length: HORIZON_DAYS }, (_, ahead) => futureDay(today, ahead))
  const roomOf = sharedDayRooms()
  const totals = totalsOf(numbers, days, roomOf)
  const dates = days.map(({ date }) => date)
  const perDay = plan.newContactsPerDay
  const firstShort = totals.findIndex((total) => total < perDay)
  const short = days[firstShort]
  const lastShort = totals.findLastIndex((total) => total < perDay)
  const present = numbers.filter((number) => !isOut(number, today))
  const sumOf = (room: (number: ForecastNumber) => number): number =>
    present.reduce((sum, number) => sum + room(number), 0)
  const remainingToday = sumOf((number) => dayRoom(budgetsOn(number, 0), weekday(today), number.used))
  return {
    remainingToday,
    perDay: {
      today: totals[0] ?? 0,
      afterRamps: sumOf((number) => roomOf(budgetsOn(number, HORIZON_DAYS), weekday(today))),
    },
    days: dates.slice(0, SHOWN_DAYS).map((day, n) => ({ day, newContacts: totals[n] ?? 0 })),
    sufficientDays: firstShort === -1 ? null : firstShort,
    sufficientFrom: dates.slice(0, HORIZON_DAYS - 6)[lastShort + 1] ?? null,
    daysForOneDay: daysToServe(perDay, totals),
    waiting:
      plan.waiting === undefined ? null : whenServed(plan.waiting, perDay, remainingToday, totals, today),
    short:
      short === undefined
        ? null
        : {
            day: short.date,
            missing: perDay - (totals[firstShort] ?? 0),
            causes: causesOn(numbers, short, roomOf),
          },
    unlimited: present
      .filter((number) => number.newContactsPerDay === null && number.newContactsPerHour === null)
      .map(({ name }) => name)
      .sort(),
  }
}

/** A day of the future; `ahead` 0 is today. */
type FutureDay = { date: string; weekday: Day; ahead: number }

function futureDay(today: string, ahead: number): FutureDay {
  const date = dateAfter(today, ahead)
  return { date, weekday: weekday(date), ahead }
}

type RoomOf = ReturnType<typeof sharedDayRooms>

/** What the fleet can take on each day: of each number the room of that day of the week, lowered by the ramp. */
function totalsOf(numbers: readonly ForecastNumber[], days: readonly FutureDay[], roomOf: RoomOf): number[] {
  const totals = days.map(() => 0)
  const add = (n: number, room: number): void => {
    totals[n] = (totals[n] ?? 0) + room
  }
  // Numbers without a ramp and without a reason that ends are alike in each week.
  const weekly = new Map<Day, number>(DAYS.map((day) => [day, 0]))
  for (const number of numbers) {
    if (number.reason !== null && number.restrictedUntil === null) continue
    const grown = { ...budgetsOn(number, 0), rampLimit: null }
    const rooms = new Map(DAYS.map((day) => [day, roomOf(grown, day)]))
    const { ramp } = number
    if (number.reason === null && (ramp === null || ramp.day >= ramp.days)) {
      const limit = rampLimitIn(number, 0) ?? Number.POSITIVE_INFINITY
      for (const [day, room] of rooms) weekly.set(day, (weekly.get(day) ?? 0) + Math.min(room, limit))
      continue
    }
    for (const { date, weekday, ahead } of days)
      if (!isOut(number, date))
        add(ahead, Math.min(rooms.get(weekday) ?? 0, rampLimitIn(number, ahead) ?? Number.POSITIVE_INFINITY))
  }
  for (const { weekday, ahead } of days) add(ahead, weekly.get(weekday) ?? 0)
  return totals
}

function rampLimitIn({ ramp }: ForecastNumber, ahead: number): number | null {
  return ramp === null ? null : rampLimit(ramp, Math.min(ramp.days, ramp.day + ahead))
}

/** The budgets so many days from now. */
function budgetsOn(number: ForecastNumber, ahead: number): Budgets {
  const { newContactsPerHour, newContactsPerDay, hourlyCapacity, dailyCapacity, minGapMs, hours } = number
  return {
    newContactsPerHour,
    newContactsPerDay,
    hourlyCapacity,
    dailyCapacity,
    minGapMs,
    hours,
    rampLimit: rampLimitIn(number, ahead),
  }
}

/** Whether it takes no new contacts on a day, whatever its budgets are. The day on which a restriction ends counts as restricted. */
function isOut({ reason, restrictedUntil }: ForecastNumber, date: string): boolean {
  return reason !== null && !(restrictedUntil !== null && restrictedUntil < date)
}

/** Whole days, from today on, until so many new contacts are served. */
function daysToServe(contacts: number, totals: readonly number[]): number | null {
  let left = contacts
  for (let n = 0; n <= MOST_DAYS; n++) {
    if (left <= 0) return n
    left -= totalOn(totals, n)
  }
  return null
}

/**
 * The day on which the last waiting contact is served. The new contacts of a day are served first, and wait when the day has no room. Today
 * counts with the room that is left, and does not count as a day without room.
 */
function whenServed(
  contacts: number,
  perDay: number,
  remainingToday: number,
  totals: readonly number[],
  today: string,
): NonNullable<Forecast['waiting']> {
  let left = contacts
  if (left === 0) return { contacts, days: 0, until: today }
  for (let n = 0; n < MOST_DAYS; n++) {
    left += perDay - (n === 0 ? remainingToday : totalOn(totals, n))
    if (left <= 0) return { contacts, days: remainingToday === 0 ? n : n + 1, until: dateAfter(today, n) }
  }
  return { contacts, days: null, until: null }
}

/** After the horizon each week is like the last one. */
function totalOn(totals: readonly number[], n: number): number {
  const last = HORIZON_DAYS - 7
  return totals[n < HORIZON_DAYS ? n : last + ((n - last) % 7)] ?? 0
}

/** What keeps the numbers from more new contacts on a day, the largest loss first. */
function causesOn(numbers: readonly ForecastNumber[], day: FutureDay, roomOf: RoomOf): ForecastCause[] {
  const causes = new Map<ForecastReason, ForecastCause>()
  for (const number of numbers)
    for (const { reason, newContacts } of lossesOf(number, day, roomOf)) {
      const cause = causes.get(reason) ?? { reason, names: [], newContacts: 0 }
      cause.names.push(number.name)
      cause.newContacts += newContacts
      causes.set(reason, cause)
    }
  return [...causes.values()]
    .map((cause) => ({ ...cause, names: cause.names.sort() }))
    .sort((one, other) => other.newContacts - one.newContacts || (one.reason < other.reason ? -1 : 1))
}

function lossesOf(
  number: ForecastNumber,
  { date, weekday, ahead }: FutureDay,
  roomOf: RoomOf,
): { reason: ForecastReason; newContacts: number }[] {
  const budgets = budgetsOn(number, ahead)
  const room = roomOf(budgets, weekday)
  if (number.reason !== null && isOut(number, date)) return [{ reason: number.reason, newContacts: room }]
  const losses = BUDGET_REASONS.map((reason) => ({
    reason,
    newContacts: roomOf(without(budgets, reason), weekday) - room,
  })).filter(({ newContacts }) => newContacts > 0)
  return losses.length > 0 ? losses : [{ reason: tightest(budgets, room), newContacts: 0 }]
}

/** The first of several limits that allow the same: without any one of them the others stay. */
function tightest(
  { newContactsPerDay, rampLimit: ramp, dailyCapacity }: Budgets,
  room: number,
): BudgetReason {
  if (newContactsPerDay === room) return 'NEW_CONTACT_LIMIT'
  if (ramp === room) return 'RAMP'
  return dailyCapacity === room ? 'DAILY_LIMIT' : 'HOURLY_LIMIT'
}

function weekday(date: string): Day {
  return DAYS[(new Date(date).getUTCDay() + 6) % 7] ?? 'mon'
}

function dateAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10)
}
