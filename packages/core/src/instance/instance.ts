import { z } from 'zod'
import { REASONS } from '../ground/fleet-error.ts'
import type { Moment } from '../ground/moment.ts'
import { instant, text } from '../ground/text.ts'
import { serverName, serverOf } from '../server/server-names.ts'
import { adviceFor, NEXT_STEPS, readStatusReason, STATUS_REASONS } from './action.ts'
import { load, unavailableReason } from './availability.ts'
import { COLUMNS, type CreateField, type ShownField, type UpdateField } from './columns.ts'
import { DELIVERY_STATES, RESTRICTION_SOURCES, readDelivery, readRestriction } from './delivery.ts'
import { hoursSchema, readHours } from './hours.ts'
import { instanceName, newInstanceName } from './instance-name.ts'
import { INSTANCE_LIMITS } from './limits.ts'
import { phoneNumber } from './phone-of.ts'
import { dailyLimit, rampInput, readRamp } from './ramp.ts'
import type { Row } from './row.ts'
import { readStatus, STATUSES } from './status.ts'
import { tags } from './tags.ts'

/** Fields that are computed from several columns. */
type ComputedField =
  | 'action'
  | 'nextStep'
  | 'delivery'
  | 'restriction'
  | 'available'
  | 'unavailableReason'
  | 'loadPercent'

/** One WhatsApp number, in every answer and event. Counters are those of the present windows. */
export const instanceSchema = z.object({
  name: z.string().describe('Name on zapfleet and on Evolution.'),
  phoneNumber: z.string().nullable().describe('E.164, such as +5511987654321; null: not known.'),
  status: z.enum(STATUSES).describe('Status at the last reading.'),
  statusReason: z
    .enum(STATUS_REASONS)
    .nullable()
    .describe('Why it has this status, as a code; null where there is none.'),
  statusSince: instant.nullable().describe('Last change of the status, ISO 8601 in UTC.'),
  checkedAt: instant.nullable().describe('Last reading of Evolution, ISO 8601 in UTC; null: never.'),
  action: z.string().nullable().describe('What an operator should do, or null.'),
  nextStep: z
    .enum(NEXT_STEPS)
    .nullable()
    .describe('The first act of `action`, as a code; null when nothing, or when no call is that act.'),
  paused: z.boolean().describe('A paused instance gets no messages.'),
  pauseReason: z.string().nullable().describe('Why it is paused, in the words of who did it.'),
  draining: z
    .boolean()
    .describe('It serves only the contacts whose number it is and those who know it; it gets no new ones.'),
  newContactsPerHour: z
    .number()
    .nullable()
    .describe('New contacts per clock hour that it may write to; null: no limit.'),
  newContactsPerDay: z.number().nullable().describe('New contacts per day; null: no limit.'),
  newContactsThisHour: z
    .number()
    .describe('New contacts counted in the present clock hour; 0 without a limit: they are not counted.'),
  newContactsToday: z
    .number()
    .describe('New contacts counted on the present day; 0 without a limit: they are not counted.'),
  minGapMs: z.number().describe('Shortest time between two of its messages, in milliseconds; 0: none.'),
  ramp: z
    .object({
      from: z.number().describe('Messages on the first day.'),
      to: z.number().describe('Messages on the last day.'),
      days: z.number().describe('Days from the first to the last.'),
      startedOn: z.string().describe('Local day on which it was set, YYYY-MM-DD.'),
      day: z.number().describe('1 to `days`; it stays on a day that holds the ramp.'),
      limitToday: z.number().describe('Messages today; the lower of this and dailyCapacity holds.'),
      heldBecause: z
        .string()
        .nullable()
        .describe(
          'Why it stayed on this day last midnight: BANNED, RESTRICTED, NOT_DELIVERING or SILENT (nothing was sent for 72 hours); null: it moved on.',
        ),
    })
    .nullable()
    .describe('How the daily limit of a new number grows; null: it does not.'),
  tags: z.array(z.string()).describe('The pools that it belongs to.'),
  server: z.string().describe('The Evolution server that has it.'),
  movingTo: z
    .string()
    .nullable()
    .describe('The server that it moves to, as soon as its phone is paired there; null: it does not move.'),
  hours: hoursSchema
    .nullable()
    .describe('When it may send, in the fleet’s time zone; replies may go out at any time. null: always.'),
  hourlyCapacity: z.number().describe('Messages per clock hour.'),
  dailyCapacity: z.number().describe('Messages per day of the fleet’s time zone.'),
  sentThisHour: z.number().describe('Messages counted in the present clock hour.'),
  sentToday: z.number().describe('Messages counted on the present day.'),
  priority: z.number().describe('1 to 100, higher is preferred.'),
  lastSentAt: instant.nullable().describe('Last counted message, ISO 8601 in UTC; null: none.'),
  duplicateOf: z
    .string()
    .nullable()
    .describe('The instance that serves the same phone, so that this one does not; null for none.'),
  delivery: z
    .object({
      state: z
        .enum(DELIVERY_STATES)
        .describe('failing: its messages do not arrive; unproven: no evidence either way.'),
      since: instant.nullable().describe('Since when, ISO 8601 in UTC; null: not recorded.'),
      reason: z
        .string()
        .nullable()
        .describe(
          'Why it fails: SENDS_REFUSED (Evolution refuses its messages, although it is connected) or NO_RECEIPTS (nothing is reported of messages that usually arrive); null when it does not fail.',
        ),
    })
    .describe('Whether its messages arrive.'),
  restriction: z
    .object({
      since: instant.describe('Since when, ISO 8601 in UTC.'),
      until: instant.nullable().describe('When it ends, ISO 8601 in UTC; null: not known.'),
      source: z.enum(RESTRICTION_SOURCES).describe('inferred from failed messages, or set by an operator.'),
    })
    .nullable()
    .describe('WhatsApp lets it write only to people who know it; null: no restriction.'),
  available: z
    .boolean()
    .describe(
      'It can send to a contact that is known to it: connected, not paused, no duplicate of another number, delivering, within its hours, room in both windows, and its last message is minGapMs old.',
    ),
  unavailableReason: z.enum(REASONS).nullable().describe('Why it is not available; null when it is.'),
  loadPercent: z
    .number()
    .describe('sentToday of what it may send today (dailyCapacity, or less with a ramp), in percent.'),
  createdAt: instant.nullable().describe('ISO 8601 in UTC; null: unknown, for adopted rows.'),
} satisfies Record<ShownField | ComputedField, z.ZodType>)

export type Instance = z.output<typeof instanceSchema>

const capacity = z.int().min(0).max(INSTANCE_LIMITS.capacityMax)
const priority = z.int().min(INSTANCE_LIMITS.priorityMin).max(INSTANCE_LIMITS.priorityMax)
const { hourlyCapacityDefault, dailyCapacityDefault, priorityDefault } = INSTANCE_LIMITS
const PRIORITY = '1 to 100, higher is preferred'
const TAGS = 'The pools that it belongs to, such as vendas; `reserve` with a pool uses these numbers only.'
const PHONE = 'E.164, such as +5511987654321.'

const createFields = {
  phoneNumber: phoneNumber.optional().describe(PHONE),
  hourlyCapacity: capacity.optional().describe(`Messages per clock hour; default ${hourlyCapacityDefault}.`),
  dailyCapacity: capacity.optional().describe(`Messages per day; default ${dailyCapacityDefault}.`),
  priority: priority.optional().describe(`${PRIORITY}; default ${priorityDefault}.`),
  tags: tags.optional().describe(TAGS),
} satisfies Record<CreateField, z.ZodType>

const updateFields = {
  phoneNumber: phoneNumber.nullable().optional().describe(`${PHONE} null removes it.`),
  hourlyCapacity: capacity.optional().describe('Messages per clock hour.'),
  dailyCapacity: capacity.optional().describe('Messages per day.'),
  priority: priority.optional().describe(`${PRIORITY}.`),
  paused: z.boolean().optional().describe('true: no messages from now on; false: messages again.'),
  pauseReason: text(INSTANCE_LIMITS.pauseReasonMaxLength)
    .optional()
    .describe('Why, for people; only with `paused: true`.'),
  draining: z
    .boolean()
    .optional()
    .describe(
      'true: no new contacts from now on, contacts of its own and those known to it keep it; false: new contacts again.',
    ),
  newContactsPerHour: capacity
    .nullable()
    .optional()
    .describe('New contacts per clock hour; null removes the limit.'),
  newContactsPerDay: capacity.nullable().optional().describe('New contacts per day; null removes the limit.'),
  minGapMs: z
    .int()
    .min(0)
    .max(INSTANCE_LIMITS.minGapMsMax)
    .optional()
    .describe('Shortest time between two messages, in milliseconds, at most an hour; 0 removes it.'),
  ramp: rampInput
    .nullable()
    .optional()
    .describe(
      'The daily limit grows in a straight line; other values begin a new ramp today, the same ones change nothing. null removes it.',
    ),
  tags: tags.optional().describe(`${TAGS} Replaces all of its tags; an empty list removes them.`),
  hours: hoursSchema
    .nullable()
    .optional()
    .describe('When it may send, in the fleet’s time zone; null: always.'),
} satisfies Record<UpdateField, z.ZodType>

/** `instance.create` */
export const createInstanceInput = z.strictObject({
  name: newInstanceName.describe('1 to 50 letters (A-Z, a-z), digits, _ or -.'),
  ...createFields,
  server: serverName
    .optional()
    .describe('The Evolution server; default: the one with the fewest numbers of those that answer.'),
})

/**
 * `instance.update`. A phone number of null removes the stored one. `pauseReason` needs `paused: true` and ends with the pause.
 */
export const updateInstanceInput = z.strictObject({
  name: instanceName.describe('Name of the instance.'),
  ...updateFields,
})

export type CreateInstanceInput = z.output<typeof createInstanceInput>
export type UpdateInstanceInput = z.output<typeof updateInstanceInput>

/**
 * Reads a row at a moment: a counter of an older window is zero, null is the default of its column. `counters-sql.ts` has the
 * same rules in SQL.
 */
export function toInstance(row: Row, moment: Moment): Instance {
  // Fields of a row are getters: each is read once.
  const { paused, duplicateOf } = row
  const status = readStatus(row.status)
  const statusReason = readStatusReason(row.statusReason)
  const hourlyCapacity = row.hourlyCapacity ?? COLUMNS.hourlyCapacity.nullAs
  const dailyCapacity = row.dailyCapacity ?? COLUMNS.dailyCapacity.nullAs
  const sentThisHour =
    row.hourWindow >= moment.hourStart ? (row.sentThisHour ?? COLUMNS.sentThisHour.nullAs) : 0
  const sentToday = row.dayWindow >= moment.dayStart ? (row.sentToday ?? COLUMNS.sentToday.nullAs) : 0
  const { newContactsPerHour, newContactsPerDay, minGapMs, lastSentAt } = row
  const isCounted = newContactsPerHour !== null || newContactsPerDay !== null
  const ramp = readRamp(row.ramp)
  const limitToday = dailyLimit({ dailyCapacity, ramp })
  const open = readHours(row.hours, moment.timeZone)
  const atMs = moment.at.getTime()
  const delivery = readDelivery(row)
  const restriction = readRestriction(row, moment.at)
  const isPaced = minGapMs > 0 && lastSentAt !== null && lastSentAt.getTime() + minGapMs > atMs
  const permanent = unavailableReason({
    status,
    paused,
    isDuplicate: duplicateOf !== null,
    isFailing: delivery.state === 'failing',
    isOutsideHours: open !== null && !open.isOpen(atMs),
    hourlyCapacity,
    dailyCapacity: limitToday,
    sentThisHour,
    sentToday,
  })
  const reason = permanent ?? (isPaced ? 'PACING' : null)
  return {
    name: row.name,
    phoneNumber: row.phoneNumber,
    status,
    statusReason,
    statusSince: row.statusSince?.toISOString() ?? null,
    checkedAt: checkedAt(row, moment)?.toISOString() ?? null,
    ...adviceFor(status, statusReason, paused, duplicateOf, { delivery, isRestricted: restriction !== null }),
    paused,
    pauseReason: paused ? row.pauseReason : null,
    draining: row.draining,
    newContactsPerHour,
    newContactsPerDay,
    newContactsThisHour: isCounted && row.newHourWindow >= moment.hourStart ? row.newContactsThisHour : 0,
    newContactsToday: isCounted && row.newDayWindow >= moment.dayStart ? row.newContactsToday : 0,
    minGapMs,
    ramp,
    tags: row.tags,
    server: serverOf(row.server),
    movingTo: row.movingTo,
    hours: open?.hours ?? null,
    hourlyCapacity,
    dailyCapacity,
    sentThisHour,
    sentToday,
    priority: readPriority(row.priority),
    lastSentAt: lastSentAt?.toISOString() ?? null,
    duplicateOf,
    delivery,
    restriction,
    available: reason === null,
    unavailableReason: reason,
    loadPercent: Math.round(load(sentToday, limitToday) * 1000) / 10,
    createdAt: row.createdAt?.toISOString() ?? null,
  }
}

/** The stored priority, 1 by default. Another program may have written any number: one outside 1 to 100 reads as the nearest. */
export function readPriority(stored: number | null): number {
  return Math.min(
    INSTANCE_LIMITS.priorityMax,
    Math.max(INSTANCE_LIMITS.priorityMin, stored ?? COLUMNS.priority.nullAs),
  )
}

/** A round in which nothing changed writes no instance: an instance that answered was checked when the round started. */
export function checkedAt(
  row: Pick<Row, 'checkedAt' | 'silentRounds' | 'server'>,
  moment: Moment,
): Date | null {
  const lastRoundAt = moment.rounds.get(serverOf(row.server)) ?? null
  const stored = row.checkedAt
  if (lastRoundAt === null || stored === null || row.silentRounds > 0 || lastRoundAt < stored) return stored
  return lastRoundAt
}
