import { EVENT_TYPES, REASONS, STATUSES, STRATEGIES } from '@zapfleet/core'
import { z } from 'zod'
import { contactId, instanceName, instant, newInstanceName, phoneNumber, text } from './text.ts'

const capacity = z.int().min(0).max(1_000_000)
const priority = z.int().min(1).max(100)

/** One number of the fleet, as every answer shows it. */
export const instance = z.object({
  name: z.string(),
  phoneNumber: z.string().nullable(),
  status: z.enum(STATUSES),
  statusReason: z.string().nullable(),
  statusSince: instant.nullable(),
  checkedAt: instant.nullable(),
  action: z.string().nullable().describe('What an operator should do, or null.'),
  paused: z.boolean(),
  pauseReason: z.string().nullable().describe('Why it is paused, in the words of who did it.'),
  hourlyCapacity: z.number().describe('Messages per clock hour.'),
  dailyCapacity: z.number().describe('Messages per day of the fleet’s time zone.'),
  sentThisHour: z.number(),
  sentToday: z.number(),
  priority: z.number().describe('1 to 100, higher is preferred.'),
  lastSentAt: instant.nullable(),
  duplicateOf: z
    .string()
    .nullable()
    .describe('The instance that serves the same phone, so that this one does not; null for none.'),
  available: z
    .boolean()
    .describe('Connected, not paused, no duplicate of another number, room in both windows.'),
  unavailableReason: z.enum(REASONS).nullable(),
  loadPercent: z.number().describe('sentToday of dailyCapacity, in percent.'),
  createdAt: instant.nullable(),
})

/** What pairing answers: a code to scan, or the reason why there is none. Never an empty code. */
export const pairing = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('qr'),
    base64: z.string().nullable(),
    code: z.string().nullable(),
    pairingCode: z.string().nullable(),
    count: z.number(),
    expiresAt: instant.nullable(),
  }),
  z.object({ state: z.literal('already_connected') }),
  z.object({
    state: z.literal('not_ready'),
    reason: z.enum(['qr_pending', 'qr_limit_reached', 'reconnecting', 'evolution_unreachable']),
    retryAfterMs: z.number(),
  }),
])

/** `instance.list` */
export const listInput = z
  .strictObject({
    status: z.array(z.enum(STATUSES)).max(20).optional(),
    availableOnly: z.boolean().optional(),
  })
  .prefault({})

/** `instance.get`, `instance.recordSend`: one instance by its name. */
export const nameInput = z.strictObject({ name: instanceName })

/** `instance.create` */
export const createInput = z.strictObject({
  name: newInstanceName,
  phoneNumber: phoneNumber.optional(),
  hourlyCapacity: capacity.optional(),
  dailyCapacity: capacity.optional(),
  priority: priority.optional(),
})

/**
 * `instance.update`; a phone number of null forgets the one that is stored. The reason of a pause goes with `paused: true`,
 * and ends with the pause.
 */
export const updateInput = z.strictObject({
  name: instanceName,
  phoneNumber: phoneNumber.nullable().optional(),
  hourlyCapacity: capacity.optional(),
  dailyCapacity: capacity.optional(),
  priority: priority.optional(),
  paused: z.boolean().optional(),
  pauseReason: text(200).optional(),
})

/** `instance.qrCode`; with a phone number the answer holds a pairing code too. */
export const qrCodeInput = z.strictObject({ name: instanceName, phoneNumber: phoneNumber.optional() })

/** `instance.restart`, `logout` and `delete`: whether Evolution was read until it was true. */
export const verifiedAct = z.object({ name: z.string(), verified: z.boolean() })

/** `instance.import` */
export const importInput = z.strictObject({ dryRun: z.boolean().optional() }).prefault({})

/** What `instance.import` adopted, knew already, and misses there: names. */
export const importReport = z.object({
  imported: z.array(z.string()),
  alreadyKnown: z.array(z.string()),
  missingOnEvolution: z.array(z.string()),
})

/** `instance.choose` */
export const chooseInput = z
  .strictObject({ contactId: contactId.optional(), strategy: z.enum(STRATEGIES).optional() })
  .prefault({})

/** `instance.history` */
export const historyInput = z.strictObject({ name: instanceName, limit: z.int().min(1).max(200).optional() })

/** One change of status, newest first: from what to what, why, and what was seen. */
export const statusChange = z.object({
  at: instant,
  from: z.enum(STATUSES).nullable(),
  to: z.enum(STATUSES),
  reason: z.string().nullable(),
  evidence: z.record(z.string(), z.unknown()).nullable(),
})

/** `instance.onChange`; the id of the last event that was seen, for what came after it. */
export const onChangeInput = z.strictObject({ lastEventId: z.string().nullish() }).prefault({})

/** `instance.explain` */
export const explainInput = z
  .strictObject({
    contactId: contactId.optional(),
    strategy: z.enum(STRATEGIES).optional(),
    exclude: z.array(instanceName).max(100).optional(),
  })
  .prefault({})

/** Who would serve a message now, and why not the others. */
export const explanation = z.object({
  chosen: z.string().nullable(),
  candidates: z.array(
    z.object({
      name: z.string(),
      rank: z.number().nullable(),
      reason: z.enum(REASONS).nullable(),
      availableAt: instant.nullable(),
    }),
  ),
})

/** What an instance sent in the last 24 hours and 7 local days, and how long it was connected (a share, 0 to 1). */
export const activity = z.object({
  hours: z.array(z.object({ at: instant, sent: z.number() })),
  days: z.array(z.object({ day: z.string().describe('YYYY-MM-DD'), sent: z.number() })),
  uptime: z.object({
    day: z.number().nullable(),
    week: z.number().nullable(),
    since: instant.nullable().describe('The first instant within 7 days for which the status is recorded.'),
  }),
  contacts: z.number(),
})

/** A change that is kept, as `instance.onChange` tells it, with the instance as it was right after. */
export const storedEvent = z.object({ type: z.enum(EVENT_TYPES), instance })

/** Counters as they stand now, of the instances whose counters moved. */
export const countersEvent = z.object({ type: z.literal('counters'), instances: z.array(instance) })
