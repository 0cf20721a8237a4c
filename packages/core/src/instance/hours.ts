import { Cron } from 'croner'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'
import { INSTANCE_LIMITS } from './limits.ts'

export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

export type Day = (typeof DAYS)[number]

const TIME = '([01][0-9]|2[0-3]):[0-5][0-9]'

const span = z
  .strictObject({
    days: z
      .array(z.enum(DAYS))
      .min(1)
      .max(DAYS.length)
      .refine((days) => new Set(days).size === days.length, 'expected each day once')
      .describe('Days of the week.'),
    from: z
      .string()
      .regex(new RegExp(`^${TIME}$`), 'expected a time of day, HH:MM')
      .describe('From this time of day on, HH:MM.'),
    to: z
      .string()
      .regex(new RegExp(`^(${TIME}|24:00)$`), 'expected a time of day, HH:MM, or 24:00')
      .describe('To below this time of day, HH:MM, at most 24:00.'),
  })
  .refine(({ from, to }) => from < to, {
    message: 'expected `to` after `from`; a span over midnight is two spans, to 24:00 and from 00:00',
    path: ['to'],
  })

/** When a number may send, in the fleet's time zone. */
export const hoursSchema = z
  .array(span)
  .min(1, 'expected one span or more; null removes the hours')
  .max(INSTANCE_LIMITS.hoursMax)

export type Hours = z.output<typeof hoursSchema>

/** Hours in a time zone, ready to be compared with moments. Instants are milliseconds since the epoch. */
export type OpenHours = {
  readonly hours: Hours
  isOpen(atMs: number): boolean
  /** The first moment from `atMs` on at which it is open. */
  opensAt(atMs: number): number
}

/** Different hours that a process keeps: a fleet has few. */
const KEPT = 1_000
const read = new LRUCache<string, { open: OpenHours | null }>({ max: KEPT })

/** Reads stored hours. Null where there are none, and for those that another program wrote and that are none. */
export function readHours(stored: unknown, timeZone: string): OpenHours | null {
  if (stored === null || stored === undefined) return null
  const key = timeZone + JSON.stringify(stored)
  let found = read.get(key)
  if (!found) {
    const parsed = hoursSchema.safeParse(stored)
    found = { open: parsed.success ? openHours(parsed.data, timeZone) : null }
    read.set(key, found)
  }
  return found.open
}

/** Hours in a time zone. `zapfleet.is_open` has the same rule in SQL; `hours.twin.test.ts` compares the two. */
function openHours(hours: Hours, timeZone: string): OpenHours {
  const isOpen = (atMs: number): boolean => {
    const { day, time } = localTime(atMs, timeZone)
    return hours.some((one) => one.days.includes(day) && one.from <= time && time < one.to)
  }
  return {
    hours,
    isOpen,
    opensAt: (atMs) => (isOpen(atMs) ? atMs : nextOpening(hours, atMs, timeZone, isOpen)),
  }
}

/**
 * The first moment after `atMs` at which it is open. The library returns times of day: an opening that a change of the clock skips, and one in
 * an hour that the clock repeats, are found by comparing each minute after the change.
 */
function nextOpening(
  hours: Hours,
  atMs: number,
  timeZone: string,
  isOpen: (atMs: number) => boolean,
): number {
  const opening = Math.min(...hours.map((span) => nextStart(span, atMs, timeZone, isOpen)))
  const change = clockChange(atMs - REPEATED_MS, opening, timeZone)
  if (change === null) return opening
  const from = Math.max(change, Math.floor(atMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS)
  for (let at = from; at < Math.min(opening, change + REPEATED_MS); at += MINUTE_MS) if (isOpen(at)) return at
  return opening
}

/** The next start of a span at which it is open: the clock skips some. */
function nextStart(
  { days, from }: Hours[number],
  atMs: number,
  timeZone: string,
  isOpen: (atMs: number) => boolean,
): number {
  const [hour, minute] = from.split(':').map(Number)
  const weekdays = days.map((day) => (DAYS.indexOf(day) + 1) % 7).join(',')
  const starts = new Cron(`${minute} ${hour} * * ${weekdays}`, { timezone: timeZone, paused: true })
  let start = starts.nextRun(new Date(atMs))
  for (let read = 1; start !== null && read <= STARTS_READ; read++) {
    if (isOpen(start.getTime())) return start.getTime()
    start = starts.nextRun(start)
  }
  return Number.POSITIVE_INFINITY
}

/** A change of the clock skips one start of a span; a year has several changes, weeks apart. */
const STARTS_READ = 3
/** A change of the clock repeats or skips at most so much. */
const REPEATED_MS = 3 * 3_600_000

/** The last change of the clock from one moment to another, to the minute; null: none. */
function clockChange(fromMs: number, toMs: number, timeZone: string): number | null {
  if (!Number.isFinite(toMs)) return null
  const after = offsetMinutes(toMs, timeZone)
  let before = Math.floor(fromMs / MINUTE_MS)
  let at = Math.ceil(toMs / MINUTE_MS)
  if (offsetMinutes(before * MINUTE_MS, timeZone) === after) return null
  while (at - before > 1) {
    const middle = Math.floor((at + before) / 2)
    if (offsetMinutes(middle * MINUTE_MS, timeZone) === after) at = middle
    else before = middle
  }
  return at * MINUTE_MS
}

const MINUTE_MS = 60_000
const formats = new Map<string, Intl.DateTimeFormat>()
let last: { minute: number; timeZone: string; local: { day: Day; time: string } } | null = null

/** The day of the week and the time of day, HH:MM. The last minute is remembered: a fleet is read at one moment. */
function localTime(atMs: number, timeZone: string): { day: Day; time: string } {
  const minute = Math.floor(atMs / MINUTE_MS)
  if (last?.minute === minute && last.timeZone === timeZone) return last.local
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    formats.set(timeZone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(atMs).map(({ type, value }) => [type, value]))
  const day = DAYS.find((one) => one === parts.weekday?.toLowerCase())
  if (day === undefined) throw new Error(`expected a day of the week, received ${parts.weekday}`)
  const local = { day, time: `${parts.hour}:${parts.minute}` }
  last = { minute, timeZone, local }
  return local
}

const offsets = new Map<string, Intl.DateTimeFormat>()

/** What the local time is ahead of UTC. */
function offsetMinutes(atMs: number, timeZone: string): number {
  let format = offsets.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
    offsets.set(timeZone, format)
  }
  const name = format.formatToParts(atMs).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, hours = 0, minutes = 0] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
}
