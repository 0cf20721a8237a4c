import {
  CHANGE_REASONS,
  EVENT_TYPES,
  instanceName,
  instanceSchema,
  instant,
  phoneNumber,
  REASONS,
  STATUSES,
  STRATEGIES,
  serverName,
  tag,
} from '@zapfleet/core'
import { z } from 'zod'
import { contactId } from './fields.ts'

const existing = instanceName.describe('Name of the instance.')
const PHONE = 'E.164, such as +5511987654321.'
const CONTACT = 'Id of the contact: 1 to 255 characters, the same as in `reserve`.'
const STRATEGY = 'How the instance is chosen; default sticky.'
const POOL = 'Only numbers with this tag serve; all by default, or the pool of a key that is bound to one.'

/** The answer of a pairing: a code to scan, or the reason why there is none. A code is never empty. */
export const pairing = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('qr').describe('There is a code to scan.'),
    base64: z.string().nullable().describe('The QR code as a PNG data URL.'),
    code: z.string().nullable().describe('The text in the QR code.'),
    pairingCode: z
      .string()
      .nullable()
      .describe('Eight characters to type on the phone; null without a phone number.'),
    count: z.number().describe('How many codes this pairing has shown.'),
    expiresAt: instant.nullable().describe('End of this code, ISO 8601 in UTC.'),
  }),
  z.object({ state: z.literal('already_connected').describe('Nothing to scan.') }),
  z.object({
    state: z.literal('not_ready').describe('There is no code yet.'),
    reason: z
      .enum(['qr_pending', 'qr_limit_reached', 'reconnecting', 'evolution_unreachable'])
      .describe('Why there is no code.'),
    retryAfterMs: z.number().describe('When to call again, in milliseconds.'),
  }),
])

/** The answer of `instance.create`: the instance, and the code to pair its phone. */
export const createdInstance = z.object({
  instance: instanceSchema.describe('The new instance.'),
  pairing: pairing.describe('The code to scan, or why there is none yet.'),
})

/** `instance.move` */
export const moveInput = z.strictObject({
  name: existing,
  server: serverName.describe('The server that is to have it; its own one cancels a move.'),
})

/** A move that began or was cancelled. */
export const movedInstance = z.object({
  instance: instanceSchema.describe('The instance; `movingTo` is set until its phone is paired there.'),
  pairing: pairing
    .nullable()
    .describe('The code to scan, or why there is none yet; null: a move was cancelled.'),
})

/** `instance.list` */
export const listInput = z
  .strictObject({
    status: z.array(z.enum(STATUSES)).max(20).optional().describe('Only instances in one of these.'),
    availableOnly: z.boolean().optional().describe('Only instances that can serve now.'),
  })
  .prefault({})

/** `instance.get`, `instance.recordSend`: one instance by its name. */
export const nameInput = z.strictObject({ name: existing })

/** `instance.qrCode`; with a phone number the answer holds a pairing code too. */
export const qrCodeInput = z.strictObject({
  name: existing,
  phoneNumber: phoneNumber.optional().describe(`${PHONE} With it the answer holds a pairing code too.`),
})

/** `instance.restart`, `logout` and `delete`: whether a reading from Evolution confirmed the act. */
export const verifiedAct = z.object({
  name: z.string().describe('Name of the instance.'),
  verified: z.boolean().describe('Whether Evolution confirmed it within ten seconds.'),
})

/** `instance.import` */
export const importInput = z
  .strictObject({
    dryRun: z.boolean().optional().describe('true: changes nothing, answers what it would do.'),
  })
  .prefault({})

/** The answer of `instance.import`: adopted, already registered, missing on Evolution, and skipped instances. */
export const importReport = z.object({
  imported: z.array(z.string()).describe('Names of instances that are new in zapfleet.'),
  alreadyKnown: z.array(z.string()).describe('Names that both have.'),
  missingOnEvolution: z.array(z.string()).describe('Names that only zapfleet has.'),
  skipped: z
    .array(
      z.object({
        name: z.string().describe('Its name on Evolution.'),
        reason: z.string().describe('Why it is not adopted, in English.'),
      }),
    )
    .optional()
    .describe(
      'Instances that are not adopted, and why: without a phone, with a name that cannot be managed, or with a name that two servers have. Left out where there are none.',
    ),
  unread: z
    .array(
      z.object({
        server: z.string().describe('Name of the server.'),
        reason: z.string().describe('Why it could not be read, in English.'),
      }),
    )
    .optional()
    .describe(
      'Servers that could not be read: nothing is reported of their instances. Left out where there are none.',
    ),
})

/** `instance.choose` */
export const chooseInput = z
  .strictObject({
    contactId: contactId.optional().describe(CONTACT),
    strategy: z.enum(STRATEGIES).optional().describe(STRATEGY),
    pool: tag.optional().describe(POOL),
  })
  .prefault({})

/** The instance for the next message. */
export const choice = z.object({
  instanceName: z.string().nullable().describe('The instance to send through; null: none is available.'),
})

/** `instance.history` */
export const historyInput = z.strictObject({
  name: existing,
  limit: z.int().min(1).max(200).optional().describe('Newest changes to answer; default 200.'),
})

/** One change of status: before, after, reason, and the evidence. */
export const statusChange = z.object({
  at: instant.describe('ISO 8601 in UTC.'),
  from: z.enum(STATUSES).nullable().describe('Status before; null: the first one.'),
  to: z.enum(STATUSES).describe('Status after.'),
  reason: z.enum(CHANGE_REASONS).nullable().describe('Why, as a code; null where there is none.'),
  evidence: z.record(z.string(), z.unknown()).nullable().describe('What Evolution answered.'),
})

/** `instance.explain` */
export const explainInput = z
  .strictObject({
    contactId: contactId.optional().describe(CONTACT),
    strategy: z.enum(STRATEGIES).optional().describe(STRATEGY),
    exclude: z.array(instanceName).max(100).optional().describe('Names that must not serve.'),
    pool: tag.optional().describe(POOL),
  })
  .prefault({})

/** The instance that would serve a message now, and why each other would not. */
export const explanation = z.object({
  chosen: z.string().nullable().describe('Name of the instance that would serve; null: none.'),
  own: z
    .string()
    .nullable()
    .describe('Name of the contact’s number, with `pool` the one in that pool; null: it has none.'),
  candidates: z
    .array(
      z.object({
        name: z.string().describe('Name of the instance.'),
        rank: z.number().nullable().describe('1 is the first; null: it cannot serve.'),
        reason: z.enum(REASONS).nullable().describe('Why it cannot serve; null when it can.'),
        availableAt: instant
          .nullable()
          .describe('When time alone makes it available, ISO 8601 in UTC; null: never.'),
      }),
    )
    .describe('All instances, those that can serve first.'),
})

const outcomeCounts = z.object({
  sent: z.number().describe('WhatsApp’s server has them.'),
  delivered: z.number().describe('They reached a phone.'),
  read: z.number().describe('They were read.'),
  failed: z.number().describe('WhatsApp refused them.'),
  unknown: z.number().describe('Nothing was reported of them.'),
})

/** What an instance sent in the last 24 hours and 7 local days, and how long it was connected (a share, 0 to 1). */
export const activity = z.object({
  hours: z
    .array(
      z.object({
        at: instant.describe('Start of the hour, ISO 8601 in UTC.'),
        sent: z.number().describe('Messages counted in it.'),
      }),
    )
    .describe('The last 24 hours.'),
  days: z
    .array(
      z.object({
        day: z.string().describe('YYYY-MM-DD'),
        sent: z.number().describe('Messages counted on it.'),
      }),
    )
    .describe('The last 7 days.'),
  uptime: z
    .object({
      day: z.number().nullable().describe('Of the last 24 hours.'),
      week: z.number().nullable().describe('Of the last 7 days.'),
      since: instant.nullable().describe('The first instant within 7 days for which the status is recorded.'),
    })
    .describe('Share of time connected, 0 to 1; null: not known.'),
  outcomes: z
    .object({
      day: outcomeCounts.describe('The last 24 hours.'),
      week: outcomeCounts.describe('The last 7 days.'),
    })
    .describe('What became of the messages; each counts once, by its highest outcome.'),
  contacts: z.number().describe('Contacts whose preferred instance it is.'),
})

/** A stored change of `instance.onChange`, with the instance right after it. */
export const storedEvent = z.object({
  type: z.enum(EVENT_TYPES).describe('What happened.'),
  instance: instanceSchema.describe('The instance right after it.'),
})

/** The present counters of the instances whose counters changed. */
export const countersEvent = z.object({
  type: z.literal('counters').describe('Counters changed.'),
  instances: z.array(instanceSchema).describe('The instances whose counters changed.'),
})
