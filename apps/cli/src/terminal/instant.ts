import { t } from '../language.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** A span of milliseconds in its largest unit: "42 s", "3 min", "5 h", "2 d". */
export function span(ms: number): string {
  if (ms < MINUTE) return `${Math.floor(ms / 1000)} s`
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h`
  return `${Math.floor(ms / DAY)} d`
}

/** How long ago an instant (ISO 8601) was: "3 min ago"; "just now" within five seconds, also where clocks differ. */
export function ago(instant: string | null, now: number): string {
  if (instant === null) return ''
  const passed = now - Date.parse(instant)
  return passed < 5_000 ? t`just now` : t`${span(passed)} ago`
}

/** A future instant: "15:00 (in 12 min)", with its day if it is not today. Local time. */
export function upcoming(instant: string, now: number): string {
  const at = new Date(instant)
  const sameDay = at.toDateString() === new Date(now).toDateString()
  // Rounded up, so that a wait of that length is never too short.
  const left = Math.max(0, at.getTime() - now)
  const rest = left < HOUR ? `${Math.ceil(left / MINUTE)} min` : span(left)
  return t`${sameDay ? '' : `${day(at)} `}${clock(at).slice(0, 5)} (in ${rest})`
}

/** An instant in local time: "2026-11-25 13:40:02". */
export function stamp(instant: string): string {
  const at = new Date(instant)
  return `${day(at)} ${clock(at)}`
}

/** The time of day of an instant in local time: "13:40:02". */
export function timeOfDay(ms: number): string {
  return clock(new Date(ms))
}

function day(at: Date): string {
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}

function clock(at: Date): string {
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

function two(figure: number): string {
  return String(figure).padStart(2, '0')
}
