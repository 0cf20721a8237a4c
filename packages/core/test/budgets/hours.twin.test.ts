import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAYS, type Hours, hoursSchema, readHours } from '../../src/instance/hours.ts'
import { testFleet } from '../support/fleet.ts'

const { sql } = await testFleet()

const ZONES = ['America/Sao_Paulo', 'Europe/Berlin', 'Australia/Lord_Howe', 'America/St_Johns', 'UTC']
const time = fc
  .record({ hour: fc.integer({ min: 0, max: 23 }), minute: fc.constantFrom(0, 1, 30, 59) })
  .map(({ hour, minute }) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)
const span = fc
  .record({
    days: fc.uniqueArray(fc.constantFrom(...DAYS), { minLength: 1 }),
    from: time,
    to: fc.oneof(time, fc.constant('24:00')),
  })
  .filter(({ from, to }) => from < to)
const hours: fc.Arbitrary<Hours> = fc.array(span, { minLength: 1, maxLength: 4 })

/** Around the two changes of the clock of 2026 in Berlin, Lord Howe and St. John's, and anywhere in the year. */
const moment = fc.oneof(
  fc.integer({ min: Date.parse('2026-01-01T00:00:00Z'), max: Date.parse('2027-01-01T00:00:00Z') }),
  fc
    .record({
      change: fc.constantFrom(
        '2026-03-29T01:00:00Z',
        '2026-10-25T01:00:00Z',
        '2026-04-04T15:00:00Z',
        '2026-03-08T05:31:00Z',
      ),
      offset: fc.integer({ min: -180, max: 180 }),
    })
    .map(({ change, offset }) => Date.parse(change) + offset * 60_000),
)

describe('hours', () => {
  it('are open at the same moments in SQL and in TypeScript, and open at the first moment at which they are', async () => {
    await fc.assert(
      fc.asyncProperty(hours, moment, fc.constantFrom(...ZONES), async (given, atMs, zone) => {
        expect(hoursSchema.safeParse(given).success).toBe(true)
        const read = readHours(given, zone)
        if (read === null) throw new Error('expected hours')
        const isOpen = async (ms: number): Promise<boolean> => {
          const [row] = await sql('select zapfleet.is_open($1::jsonb, $2::timestamptz, $3) open', [
            JSON.stringify(given),
            new Date(ms),
            zone,
          ])
          return row?.open as unknown as boolean
        }
        expect(await isOpen(atMs)).toBe(read.isOpen(atMs))
        const opensAt = read.opensAt(atMs)
        expect(opensAt).toBeGreaterThanOrEqual(atMs)
        expect(await isOpen(opensAt)).toBe(true)
        if (opensAt > atMs) {
          expect(await isOpen(opensAt - 1)).toBe(false)
          const between = atMs + Math.floor((opensAt - atMs) / 2)
          expect(read.isOpen(between)).toBe(false)
        }
      }),
      { numRuns: 400 },
    )
  }, 120_000)

  it('open at the first open minute, also where a clock skips or repeats it', () => {
    const around = fc.constantFrom(
      ...([
        ['America/New_York', '2026-03-08'],
        ['America/New_York', '2026-11-01'],
        ['Europe/Lisbon', '2026-03-29'],
        ['America/Santiago', '2026-09-06'],
        ['America/Sao_Paulo', '2018-11-04'],
        ['Australia/Lord_Howe', '2026-10-04'],
        ['Africa/Cairo', '2026-04-24'],
        ['America/Havana', '2026-11-01'],
        ['Asia/Kolkata', '2026-05-05'],
      ] as const),
    )
    const early = fc.array(
      span.map(({ days, from, to }) => {
        const [a, b] = [from, to].map((one) => `0${Number(one.slice(0, 2)) % 4}:${one.slice(3)}`).sort()
        return { days, from: String(a), to: a === b ? '24:00' : String(b) }
      }),
      { minLength: 1, maxLength: 2 },
    )
    fc.assert(
      fc.property(
        early,
        around,
        fc.integer({ min: -36 * 60, max: 12 * 60 }),
        (given, [zone, date], offset) => {
          const read = readHours(given, zone)
          if (read === null) throw new Error('expected hours')
          const atMs = Date.parse(`${date}T04:00:13.250Z`) + offset * 60_000
          if (read.isOpen(atMs)) return
          let minute = Math.ceil(atMs / 60_000) * 60_000
          while (!read.isOpen(minute)) minute += 60_000
          expect(read.opensAt(atMs)).toBe(minute)
        },
      ),
      { numRuns: 150 },
    )
  }, 120_000)

  it.each([
    [[], 'one span'],
    [[{ days: [], from: '08:00', to: '20:00' }], 'days'],
    [[{ days: ['mon', 'mon'], from: '08:00', to: '20:00' }], 'each day once'],
    [[{ days: ['mon'], from: '20:00', to: '08:00' }], 'two spans'],
    [[{ days: ['mon'], from: '8:00', to: '20:00' }], 'HH:MM'],
    [[{ days: ['mon'], from: '08:00', to: '24:01' }], '24:00'],
    [[{ days: ['segunda'], from: '08:00', to: '20:00' }], 'mon'],
  ])('are refused where they are none: %j', (given, words) => {
    const read = hoursSchema.safeParse(given)
    expect(read.success).toBe(false)
    if (words !== 'days') expect(JSON.stringify(read.error?.issues)).toContain(words)
  })
})
