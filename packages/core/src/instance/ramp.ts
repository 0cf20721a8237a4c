import { z } from 'zod'
import { INSTANCE_LIMITS } from './limits.ts'

/** Why the limit of a ramp stays where it is. */
export const RAMP_HOLDS = ['BANNED', 'RESTRICTED', 'NOT_DELIVERING', 'SILENT'] as const

export type RampHold = (typeof RAMP_HOLDS)[number]

const limit = z.int().min(1).max(INSTANCE_LIMITS.capacityMax)

/** How the daily limit of a new number grows. */
export const rampInput = z
  .strictObject({
    from: limit.describe('Messages on the first day.'),
    to: limit.describe('Messages on the last day.'),
    days: z
      .int()
      .min(INSTANCE_LIMITS.rampDaysMin)
      .max(INSTANCE_LIMITS.rampDaysMax)
      .describe('Local days from `from` to `to`.'),
  })
  .refine(({ from, to }) => from <= to, { message: 'expected `to` not below `from`', path: ['to'] })

export type RampInput = z.output<typeof rampInput>

/** A ramp and how far it is. Dates are local, YYYY-MM-DD. */
export type Ramp = RampInput & {
  startedOn: string
  /** 1 to `days`; it stays on a day that holds the ramp. */
  day: number
  limitToday: number
  heldBecause: string | null
}

const stored = z.object({
  from: z.int(),
  to: z.int(),
  days: z.int(),
  startedOn: z.string(),
  day: z.int(),
  limitToday: z.int(),
  heldBecause: z.string().nullable(),
})

/** A ramp as it is stored: `advancedOn` is the local day for which `limitToday` was computed last. */
export type StoredRamp = Ramp & { advancedOn: string }

const advancing = stored.extend({
  startedOn: z.iso.date(),
  heldBecause: z.enum(RAMP_HOLDS).nullable(),
  advancedOn: z.iso.date(),
})

/** Reads a stored ramp with the day of its limit; null where there is none, and for one that another program wrote and that is none. */
export function readStoredRamp(value: unknown): StoredRamp | null {
  return advancing.safeParse(value).data ?? null
}

/** Reads a stored ramp; null where there is none, and for one that another program wrote and that is none. */
export function readRamp(value: unknown): Ramp | null {
  if (value === null || value === undefined) return null
  const read = stored.safeParse(value)
  return read.success ? read.data : null
}

/** Messages that a number may send today: its ramp lowers its daily limit, and never raises it. */
export function dailyLimit({
  dailyCapacity,
  ramp,
}: {
  dailyCapacity: number
  ramp: Pick<Ramp, 'limitToday'> | null
}): number {
  return Math.min(dailyCapacity, ramp?.limitToday ?? dailyCapacity)
}

/** Messages on this day of the ramp: a straight line, rounded down. */
export function rampLimit({ from, to, days }: RampInput, day: number): number {
  return from + Math.floor(((to - from) * (day - 1)) / (days - 1))
}
