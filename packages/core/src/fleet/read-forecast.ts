import { z } from 'zod'
import { REASONS } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { readMoment } from '../ground/read-moment.ts'
import { unavailableReason } from '../instance/availability.ts'
import type { SeenPools } from '../instance/in-pools.ts'
import type { Instance } from '../instance/instance.ts'
import { listInstances } from '../instance/list-instances.ts'
import { tag } from '../instance/tags.ts'
import { type Forecast, type ForecastNumber, forecast } from './forecast.ts'

const MOST_CONTACTS = 10_000_000

/** `fleet.forecast` */
export const forecastInput = z.strictObject({
  newContactsPerDay: z.int().min(0).max(MOST_CONTACTS).describe('New contacts that come each day.'),
  waiting: z
    .int()
    .min(0)
    .max(MOST_CONTACTS)
    .optional()
    .describe('Contacts that wait for a number now, such as those of a banned one.'),
  pool: tag.optional().describe('Only the numbers with this tag; all by default.'),
})

const date = z.string().describe('Local day, YYYY-MM-DD.')

/** The answer of `fleet.forecast`. */
export const forecastSchema = z.object({
  remainingToday: z.number().describe('New contacts that the fleet can still take today.'),
  perDay: z
    .object({
      today: z.number().describe('On the whole of today, with the limits of today.'),
      afterRamps: z.number().describe('On the same day of the week, when all ramps have ended.'),
    })
    .describe('New contacts that the fleet can take in a day.'),
  days: z
    .array(z.object({ day: date, newContacts: z.number().describe('What it can take on this day.') }))
    .describe('Seven days, today first.'),
  sufficientDays: z
    .number()
    .nullable()
    .describe(
      'Days in a row, from today on, on which the fleet can take newContactsPerDay; null: every day of a year.',
    ),
  sufficientFrom: date
    .nullable()
    .describe('First day from which on it can on every day of a year, YYYY-MM-DD; null: there is none.'),
  daysForOneDay: z
    .number()
    .nullable()
    .describe(
      'Days, today included, that the fleet needs for the newContactsPerDay of one day; null: more than ten years.',
    ),
  waiting: z
    .object({
      contacts: z.number().describe('As given.'),
      days: z
        .number()
        .nullable()
        .describe(
          'Days until they are all served, after the new contacts of each day; today counts if it has room left. null: more than ten years, or never.',
        ),
      until: date.nullable().describe('The last of these days, YYYY-MM-DD; null as above.'),
    })
    .nullable()
    .describe('Null without `waiting`.'),
  short: z
    .object({
      day: date.describe('The first day with too little room, YYYY-MM-DD.'),
      missing: z.number().describe('New contacts of that day without room.'),
      causes: z
        .array(
          z.object({
            reason: z
              .enum([...REASONS, 'RAMP'])
              .describe('What keeps these instances from more new contacts; RAMP: the limit of a ramp.'),
            names: z.array(z.string()).describe('Names of the instances.'),
            newContacts: z
              .number()
              .describe('What they could take more on that day without it, when nothing else changes.'),
          }),
        )
        .describe('What keeps the fleet from more, the largest first.'),
    })
    .nullable()
    .describe('Null: the fleet can take newContactsPerDay on every day of a year.'),
  unlimited: z
    .array(z.string())
    .describe(
      'Instances without a limit for new contacts: they count with all messages that they may send, which is more than a number should send to new contacts.',
    ),
}) satisfies z.ZodType<Forecast>

/**
 * How many new contacts the fleet can take, today and later, for a plan. It counts what the limits allow.
 *
 * @param pools only the numbers of these; default that of the plan, else the whole fleet
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function fleetForecast(
  fleet: Ground,
  plan: z.output<typeof forecastInput>,
  pools: SeenPools = plan.pool === undefined ? undefined : [plan.pool],
): Promise<Forecast> {
  const [{ at }, instances] = await Promise.all([readMoment(fleet), listInstances(fleet, { pools })])
  const local = localTimes(fleet.timeZone)
  const { date: today, sinceMidnightMs } = local(at)
  const numbers = instances.map((instance): ForecastNumber => {
    const { restriction, lastSentAt, minGapMs } = instance
    const reason = lastingReason(instance)
    const until = reason === 'RESTRICTED' ? (restriction?.until ?? null) : null
    const freeInMs = lastSentAt === null ? 0 : Date.parse(lastSentAt) + minGapMs - at.getTime()
    return {
      ...instance,
      reason,
      restrictedUntil: until === null ? null : local(new Date(until)).date,
      used: { ...instance, atMs: sinceMidnightMs, freeAtMs: sinceMidnightMs + freeInMs },
    }
  })
  return forecast(numbers, plan, today)
}

/** Why an instance takes no new contacts, whatever the time and its counters are; null when it does. */
function lastingReason(instance: Instance): ForecastNumber['reason'] {
  const { status, paused, duplicateOf, delivery, draining, restriction } = instance
  // Callers of a pool are not shown the name of a number outside that has the same phone.
  const isDuplicate = duplicateOf !== null || instance.unavailableReason === 'DUPLICATE_PHONE'
  const reason = unavailableReason({
    status,
    paused,
    isDuplicate,
    isFailing: delivery.state === 'failing',
    isOutsideHours: false,
    hourlyCapacity: 1,
    dailyCapacity: 1,
    sentThisHour: 0,
    sentToday: 0,
  })
  if (reason !== null) return reason
  if (draining) return 'DRAINING'
  return restriction === null ? null : 'RESTRICTED'
}

/** Local days and times of a zone. */
function localTimes(timeZone: string): (at: Date) => { date: string; sinceMidnightMs: number } {
  const format = new Intl.DateTimeFormat('sv-SE', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  })
  return (at) => {
    const [date = '', time = ''] = format.format(at).split(' ')
    return { date, sinceMidnightMs: Date.parse(`1970-01-01T${time}.000Z`) + at.getUTCMilliseconds() }
  }
}
