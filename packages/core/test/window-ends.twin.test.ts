import { describe, expect, it } from 'vitest'
import { readFleet } from '../src/reservation/read-fleet.ts'
import { testFleet } from './support/fleet.ts'

const { fleet } = await testFleet()

const MINUTE_MS = 60_000

/** Zones with the days around their most irregular hours. */
const zones: [string, string[]][] = [
  ['America/Sao_Paulo', ['2018-11-03', '2018-11-04', '2019-02-16', '2019-02-17', '2026-03-10']],
  ['Asia/Kolkata', ['2026-03-10']],
  ['Australia/Lord_Howe', ['2026-04-04', '2026-04-05', '2026-10-03', '2026-10-04']],
  ['Europe/Lisbon', ['2026-03-28', '2026-03-29', '2026-10-24', '2026-10-25']],
  ['America/New_York', ['2026-03-08', '2026-11-01']],
  ['UTC', ['2026-03-10', '2026-12-31']],
]

/** Local date, hour and offset of instants in a zone, by the tables of the JavaScript engine. */
function localLabels(timeZone: string): { day(ms: number): string; hour(ms: number): string } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  })
  const read = (ms: number): Record<string, string> =>
    Object.fromEntries(format.formatToParts(ms).map((part) => [part.type, part.value]))
  return {
    day(ms) {
      const { year, month, day } = read(ms)
      return `${year}-${month}-${day}`
    },
    hour(ms) {
      const { year, month, day, hour, timeZoneName } = read(ms)
      return `${year}-${month}-${day} ${hour} ${timeZoneName}`
    },
  }
}

/** The first whole minute after `fromMs` at which the label is another. */
function nextChange(label: (ms: number) => string, fromMs: number): number {
  const now = label(fromMs)
  let ms = Math.floor(fromMs / MINUTE_MS) * MINUTE_MS
  for (const stepMs of [15 * MINUTE_MS, MINUTE_MS]) {
    while (label(ms + stepMs) === now) ms += stepMs
  }
  return ms + MINUTE_MS
}

describe('the ends of the windows', () => {
  it.each(zones)(
    'are the next clock hour and the next local day in %s, as Intl computes them',
    async (zone, days) => {
      const labels = localLabels(zone)
      for (const day of days) {
        const startMs = Date.parse(`${day}T00:00:00Z`)
        // Every 47 minutes and some milliseconds, so that all kinds of minutes occur, and the instants just around
        // each hour.
        const instants = Array.from({ length: 31 }, (_, at) => startMs + at * (47 * MINUTE_MS + 123))
        instants.push(startMs - 1, startMs, startMs + 3 * 3_600_000 - 1, startMs + 3 * 3_600_000)
        for (const at of instants) {
          const reading = await readFleet({ sql: fleet.sql, clock: () => new Date(at), timeZone: zone })
          expect([new Date(at), new Date(reading.nextHourMs), new Date(reading.nextDayMs)]).toEqual([
            new Date(at),
            new Date(nextChange(labels.hour, at)),
            new Date(nextChange(labels.day, at)),
          ])
          expect(reading.atMs).toBe(at)
        }
      }
    },
  )
})
