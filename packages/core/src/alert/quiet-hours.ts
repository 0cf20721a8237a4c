import type { QuietHours } from './alert-route.ts'

const MINUTE_MS = 60_000
/** Clocks change at multiples of a quarter of an hour, so that within one the local time passes evenly. */
const QUARTER_MS = 15 * MINUTE_MS
/** A day, its longest extra hour, and an end that a change of the clock skips. */
const QUARTERS = 27 * 4

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** Whether a moment is within quiet hours, by the local time of a zone. */
export function isQuiet(at: Date, quiet: QuietHours | null, timeZone: string): boolean {
  if (quiet === null) return false
  const [from, to, minute] = [minutesOf(quiet.from), minutesOf(quiet.to), localMinute(at, timeZone)]
  return from < to ? from <= minute && minute < to : minute >= from || minute < to
}

/** The first moment after `at` that is not within quiet hours; `at` itself where it is not within them. */
export function quietUntil(at: Date, quiet: QuietHours | null, timeZone: string): Date {
  if (!isQuiet(at, quiet, timeZone) || quiet === null) return at
  const end = minutesOf(quiet.to)
  let startMs = Math.floor(at.getTime() / QUARTER_MS) * QUARTER_MS
  for (let quarter = 0; quarter <= QUARTERS; quarter++, startMs += QUARTER_MS) {
    // A change of the clock may skip the end of the hours, which then end with the change.
    if (startMs > at.getTime() && !isQuiet(new Date(startMs), quiet, timeZone)) return new Date(startMs)
    const endMs = startMs + (end - localMinute(new Date(startMs), timeZone)) * MINUTE_MS
    if (endMs > at.getTime() && endMs >= startMs && endMs < startMs + QUARTER_MS) return new Date(endMs)
  }
  return new Date(startMs)
}

/** Minutes since local midnight, as a clock on the wall shows them. */
function localMinute(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at)
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value)
  return part('hour') * 60 + part('minute')
}
