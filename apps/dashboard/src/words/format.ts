import { DAYS, type LocalTime } from '../number/hours.ts'

/** How numbers, instants and durations are written, in one language and the fleet's time zone. */
export type Format = ReturnType<typeof makeFormat>

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** @param timeZone IANA name; undefined: that of the browser, until the fleet's is known */
export function makeFormat(locale: string, timeZone: string | undefined) {
  const number = new Intl.NumberFormat(locale)
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 })
  const finePercent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const plain = new Intl.NumberFormat(locale, { maximumFractionDigits: 3, useGrouping: false })
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', timeZone })
  const clockSeconds = new Intl.DateTimeFormat(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZone,
  })
  const isPortuguese = locale.startsWith('pt')
  const [atTime, onDay] = isPortuguese ? ['às', 'em'] : ['at', 'on']
  const month = isPortuguese
    ? ({ day: '2-digit', month: '2-digit' } as const)
    : ({ day: 'numeric', month: 'short' } as const)
  const date = new Intl.DateTimeFormat(locale, { ...month, timeZone })
  const dateYear = new Intl.DateTimeFormat(locale, { ...month, year: 'numeric', timeZone })
  const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' })
  const day = new Intl.DateTimeFormat('en-CA', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    timeZone,
  })
  const dateOnly = new Intl.DateTimeFormat(locale, { ...month, timeZone: 'UTC' })
  const wall = new Intl.DateTimeFormat('en-US', {
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  const unit = (value: number, of: 'second' | 'minute' | 'hour' | 'day') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: of, unitDisplay: 'short' }).format(value)

  const isToday = (at: Date, nowMs: number): boolean => day.format(at) === day.format(nowMs)

  /** 14:32 today, 12 Nov, 14:32 on other days of this year, 12 Nov 2025 before. */
  const moment = (instant: string | number, nowMs: number): string => {
    const at = new Date(instant)
    if (isToday(at, nowMs)) return clock.format(at)
    if (nowMs - at.getTime() > 300 * DAY) return dateYear.format(at)
    return [date.format(at), clock.format(at)].join(isPortuguese ? ' às ' : ', ')
  }

  return {
    number: (value: number) => number.format(value),
    /** A number as people type it, without separators between thousands. */
    plain: (value: number) => plain.format(value),
    percent: (share: number) => percent.format(share),
    finePercent: (share: number) => finePercent.format(share),
    clock: (instant: string | number) => clock.format(new Date(instant)),
    clockSeconds: (instant: string | number) => clockSeconds.format(new Date(instant)),
    moment,
    /** The same within a sentence: at 14:32, on 12 Nov, 14:32. */
    when(instant: string | number, nowMs: number): string {
      return isToday(new Date(instant), nowMs)
        ? `${atTime} ${moment(instant, nowMs)}`
        : `${onDay} ${moment(instant, nowMs)}`
    },
    /** The same with seconds, for a moment of today. */
    whenExactly(instant: string | number, nowMs: number): string {
      const isNear = isToday(new Date(instant), nowMs)
      return isNear
        ? `${atTime} ${clockSeconds.format(new Date(instant))}`
        : `${onDay} ${moment(instant, nowMs)}`
    },
    /** The day of `YYYY-MM-DD` as Mon, Tue, … */
    weekday: (date: string) => weekday.format(new Date(`${date}T00:00:00Z`)),
    /** The day of `YYYY-MM-DD` as 12 Nov. */
    dayOf: (date: string) => dateOnly.format(new Date(`${date}T00:00:00Z`)),
    /** The day that is so many days after today, as 12 Nov. */
    dayAhead: (days: number, nowMs: number) =>
      dateOnly.format(Date.parse(`${day.format(nowMs)}T00:00:00Z`) + days * DAY),
    /** The day of the week and the time of day, HH:MM. */
    wallTime(nowMs: number): LocalTime {
      const parts = Object.fromEntries(wall.formatToParts(nowMs).map(({ type, value }) => [type, value]))
      const weekday = DAYS.find((one) => one === parts.weekday?.toLowerCase())
      return { day: weekday ?? 'mon', time: `${parts.hour}:${parts.minute}` }
    },
    /** 3 minutes ago; the moment itself when it is more than a day ago. */
    ago(instant: string, nowMs: number): string {
      const passed = Math.max(0, nowMs - Date.parse(instant))
      if (passed < 45 * SECOND) return relative.format(0, 'second')
      if (passed < 59.5 * MINUTE) return relative.format(-Math.round(passed / MINUTE), 'minute')
      if (passed < 23.5 * HOUR) return relative.format(-Math.round(passed / HOUR), 'hour')
      return moment(instant, nowMs)
    },
    /** 40 sec, 12 min, 3 hr 20 min, 2 days 5 hr. */
    duration(ms: number): string {
      if (ms < MINUTE) return unit(Math.max(1, Math.round(ms / SECOND)), 'second')
      if (ms < HOUR) return unit(Math.round(ms / MINUTE), 'minute')
      const [most, rest]: [string, string | null] =
        ms < DAY
          ? [
              unit(Math.floor(ms / HOUR), 'hour'),
              ms % HOUR >= MINUTE ? unit(Math.floor((ms % HOUR) / MINUTE), 'minute') : null,
            ]
          : [
              unit(Math.floor(ms / DAY), 'day'),
              ms % DAY >= HOUR ? unit(Math.floor((ms % DAY) / HOUR), 'hour') : null,
            ]
      return rest === null ? most : `${most} ${rest}`
    },
    /** +55 11 98765-4321 for Brazilian numbers with an area code; others, also those of 0800 and the like, as they are. */
    phone(number: string): string {
      const [, area, first, last] = /^\+55([1-9][1-9])(\d{4,5})(\d{4})$/.exec(number) ?? []
      return area === undefined ? number : `+55 ${area} ${first}-${last}`
    },
  }
}
