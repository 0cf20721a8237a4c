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
    const { day, minute } = localTime(atMs, timeZone)
    return hours.some(
      (one) => one.days.includes(day) && minutesOf(one.from) <= minute && minute < minutesOf(one.to),
    )
  }
  // The opening after a moment is that after each later moment before it.
  let found = { fromMs: 0, opensAtMs: 0 }
  return {
    hours,
    isOpen,
    opensAt(atMs) {
      if (isOpen(atMs)) return atMs
      if (atMs < found.fromMs || atMs >= found.opensAtMs)
        found = { fromMs: atMs, opensAtMs: nextOpening(hours, isOpen, atMs, timeZone) }
      return found.opensAtMs
    },
  }
}

/** Clocks change at multiples of a quarter of an hour, so that within one the local time passes evenly. */
const QUARTER_MS = 900_000
/** A week, and a day for an opening that a change of the clock skips. */
const QUARTERS = 8 * 24 * 4

/** The first moment after `atMs` at which it is open; infinity where there is none, as for a span that no clock ever shows. */
function nextOpening(
  hours: Hours,
  isOpen: (atMs: number) => boolean,
  atMs: number,
  timeZone: string,
): number {
  const firstMs = Math.floor(atMs / QUARTER_MS) * QUARTER_MS
  for (let quarter = 0; quarter <= QUARTERS; quarter++) {
    const startMs = firstMs + quarter * QUARTER_MS
    if (startMs > atMs && isOpen(startMs)) return startMs
    const { day, minute } = localTime(startMs, timeZone)
    const openings = hours
      .filter((one) => one.days.includes(day))
      .map((one) => startMs + (minutesOf(one.from) - minute) * MINUTE_MS)
      .filter((ms) => ms > atMs && ms >= startMs && ms < startMs + QUARTER_MS)
    if (openings.length > 0) return Math.min(...openings)
  }
  return Number.POSITIVE_INFINITY
}

/** The minutes of a day up to HH:MM. */
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

const MINUTE_MS = 60_000
const formats = new Map<string, Intl.DateTimeFormat>()
let last: { minute: number; timeZone: string; local: { day: Day; minute: number } } | null = null

/** The day of the week and the minutes of the day. The last minute is remembered: a fleet is read at one moment. */
function localTime(atMs: number, timeZone: string): { day: Day; minute: number } {
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
  const local = { day, minute: minutesOf(`${parts.hour}:${parts.minute}`) }
  last = { minute, timeZone, local }
  return local
}
