import type { Instance } from '../api/open-client.ts'
import type { Words } from '../words/en.ts'

export type Hours = NonNullable<Instance['hours']>
export type Span = Hours[number]
export type Day = Span['days'][number]

/** The days of the week, in the order of the page. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const satisfies readonly Day[]

/** A moment as people read it on the wall: the day of the week and HH:MM, in the fleet's time zone. */
export type LocalTime = { day: Day; time: string }

/** Reads a time of day as HH:MM from 8, 8h, 0830, 8:30 or 8h30; null for other texts. */
export function readTime(text: string): string | null {
  const [, hour, minute = '00'] = /^(\d{1,2})(?:[:.h]?(\d\d))?h?$/i.exec(text.trim()) ?? []
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59) return null
  return `${hour.padStart(2, '0')}:${minute}`
}

/** The same for the end of a span. Midnight is 24:00. */
export function readEnd(text: string): string | null {
  if (/^24(?:[:.h]?00)?h?$/i.test(text.trim())) return '24:00'
  const time = readTime(text)
  return time === '00:00' ? '24:00' : time
}

/** The days in their order. */
export function inOrder(days: readonly Day[]): Day[] {
  return DAYS.filter((day) => days.includes(day))
}

/** Hours in words: Mon–Fri 08:00–20:00, Sat 09:00–13:00. */
export function hoursWords(hours: Hours, w: Words): string {
  return hours.map(({ days, from, to }) => `${daysWords(days, w)} ${from}–${to}`).join(', ')
}

/** Mon–Fri, or Mon, Wed. Two days in a row are no range. */
function daysWords(days: readonly Day[], w: Words): string {
  if (days.length === DAYS.length) return w.hours.everyDay
  const runs: Day[][] = []
  for (const day of inOrder(days)) {
    const run = runs.at(-1)
    const last = run?.at(-1)
    if (run && last && DAYS.indexOf(day) === DAYS.indexOf(last) + 1) run.push(day)
    else runs.push([day])
  }
  return runs
    .flatMap((run) => {
      const words = run.map((day) => w.hours.short[day])
      return words.length > 2 ? `${words[0]}–${words.at(-1)}` : words
    })
    .join(', ')
}

export function isOpenAt(hours: Hours, { day, time }: LocalTime): boolean {
  return hours.some((span) => span.days.includes(day) && span.from <= time && time < span.to)
}

/** The next start of hours that are closed at this moment, and how many days ahead it is, 0 to 7. */
function nextOpening(hours: Hours, { day, time }: LocalTime): LocalTime & { inDays: number } {
  const today = DAYS.indexOf(day)
  const openings = hours.flatMap((span) =>
    span.days.map((one) => {
      const ahead = (DAYS.indexOf(one) - today + DAYS.length) % DAYS.length
      const inDays = ahead === 0 && span.from <= time ? DAYS.length : ahead
      return { day: one, time: span.from, inDays }
    }),
  )
  const [first] = openings.sort((one, other) => one.inDays - other.inDays || (one.time < other.time ? -1 : 1))
  if (first === undefined) throw new Error('expected hours with one day or more')
  return first
}

/** When closed hours open, within a sentence: at 08:00, tomorrow at 08:00, Mon at 08:00. */
export function openingWords(hours: Hours, now: LocalTime, w: Words): string {
  const { day, time, inDays } = nextOpening(hours, now)
  if (inDays === 0) return w.hours.atTime(time)
  return inDays === 1 ? w.hours.tomorrowAt(time) : w.hours.dayAt(w.hours.short[day], time)
}
