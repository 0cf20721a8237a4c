import {
  FALLBACKS,
  instanceName,
  instant,
  instantInput,
  KINDS,
  MEDIA_KINDS,
  MESSAGE_STATES,
  STRATEGIES,
  tag,
  text,
} from '@zapfleet/core'
import { z } from 'zod'
import { BASE64_LIMIT_CHARS } from '../body-limits.ts'
import { contactId, idempotencyKey } from './fields.ts'
import { base64Problem, recipientProblem, scheduleProblem, urlProblem } from './message-problems.ts'

/** The longest text that WhatsApp takes. */
const TEXT_MAX_LENGTH = 65_536
const MAX_VALID_S = 604_800

/** A field of `problem`: null, or what is wrong with a value, for people. */
function checked<Schema extends z.ZodType>(
  schema: Schema,
  problem: (value: z.output<Schema>) => string | null,
) {
  return schema.refine((value) => problem(value) === null, {
    error: (issue) => problem(issue.input as z.output<Schema>) ?? undefined,
  })
}

const url = checked(z.string(), urlProblem).meta({ format: 'uri', pattern: '^https?://', maxLength: 2_048 })
const base64 = checked(z.string(), (value) => base64Problem(value, BASE64_LIMIT_CHARS)).meta({
  contentEncoding: 'base64',
  minLength: 4,
  maxLength: BASE64_LIMIT_CHARS,
})
const recipient = checked(contactId, (to) => (to === '' ? null : recipientProblem(to))).meta({
  minLength: 1,
  maxLength: 255,
})
const sendAt = checked(instantInput, (at) => scheduleProblem(at, new Date()))

const media = z
  .strictObject({
    kind: z.enum(MEDIA_KINDS).describe('audio is sent as a voice message.'),
    url: url.optional().describe('Where Evolution loads the file from. Give it or `base64`.'),
    base64: base64
      .optional()
      .describe('The file, at most 16 MiB, without a prefix `data:…`. Give it or `url`.'),
    fileName: text(255).optional().describe('Needed for a document as base64.'),
    mimeType: text(127).optional().describe('Default: by the name of the file.'),
    caption: text(4_096).optional().describe('Text below it; none for audio.'),
  })
  .refine((given) => (given.url === undefined) !== (given.base64 === undefined), {
    error: ({ input }) => exactlyOne('url', 'base64', (input as { url?: string }).url !== undefined),
  })
  .refine((given) => given.kind !== 'document' || given.url !== undefined || given.fileName !== undefined, {
    error: 'expected fileName, such as contract.pdf, which a document as base64 needs',
  })
  .refine((given) => given.kind !== 'audio' || given.caption === undefined, {
    error: 'expected no caption for audio: it is sent as a voice message, which has none',
  })

/** `message.send` */
export const sendInput = z
  .strictObject({
    to: recipient.describe(
      'The recipient: digits with the country code, or a JID, also that of a group; they are used as they are. A number as it is written within the country is read as one of DEFAULT_COUNTRY; what cannot be read is refused.',
    ),
    text: text(TEXT_MAX_LENGTH).optional().describe('The text. Give it or `media`.'),
    media: media.optional().describe('A file. Give it or `text`.'),
    contactId: contactId
      .optional()
      .describe('The contact whose number, limits and block count, as in `reserve`; default `to`.'),
    strategy: z.enum(STRATEGIES).optional().describe('As in `reserve`; default sticky.'),
    fallback: z.enum(FALLBACKS).optional().describe('As in `reserve`.'),
    pool: tag.optional().describe('As in `reserve`.'),
    exclude: z.array(instanceName).max(100).optional().describe('Names not to use.'),
    failover: z
      .int()
      .min(0)
      .max(10)
      .optional()
      .describe(
        'How many other numbers are tried after one that surely did not send it; default 2. A message that may have been sent is never sent again.',
      ),
    idempotencyKey: idempotencyKey
      .optional()
      .describe(
        'The same key with the same input answers the same message, in whatever state it is, sent once.',
      ),
    sendAt: sendAt
      .optional()
      .describe(
        'Not before this instant, ISO 8601; at most 31 days from now. An instant in the past means now.',
      ),
    validForS: z
      .int()
      .min(0)
      .max(MAX_VALID_S)
      .optional()
      .describe(
        'How long it may wait for a number, in seconds from now or from `sendAt`, up to 7 days. Default 0: it is sent now, or the call is refused with `NO_CAPACITY`.',
      ),
  })
  .refine((given) => (given.text === undefined) !== (given.media === undefined), {
    error: ({ input }) => exactlyOne('text', 'media', (input as { text?: string }).text !== undefined),
  })

function exactlyOne(one: string, other: string, isBoth: boolean): string {
  return `expected exactly one of ${one} and ${other}, got ${isBoth ? 'both' : 'neither'}`
}

const id = z.uuid().describe('Id of the message.')

/** `message.get`, `message.cancel` */
export const messageIdInput = z.strictObject({ id })

/** `message.list` */
export const listInput = z
  .strictObject({
    state: z.enum(MESSAGE_STATES).optional().describe('Only those in this state.'),
    contactId: contactId.optional().describe('Only those to this contact.'),
    instanceName: instanceName.optional().describe('Only those by this instance.'),
    before: z.uuid().optional().describe('Only those before this message: the id of the last one of a page.'),
    limit: z.int().min(1).max(200).optional().describe('At most this many, 1 to 200; default 50.'),
  })
  .prefault({})

/** One message that zapfleet sends. */
export const message = z.object({
  id: z.string().describe('A UUID.'),
  to: z.string().describe('The recipient, as it was given.'),
  contactId: z.string().describe('The contact, as it was given.'),
  pool: z.string().nullable().describe('The pool whose numbers send it; null: the whole fleet.'),
  state: z
    .enum(MESSAGE_STATES)
    .describe(
      'queued: it waits; sending: handed to Evolution, or its answer is not certain yet (at most 120 s); sent, delivered, read: as WhatsApp reported; failed: surely not sent, or refused by WhatsApp; expired: not sent in time; canceled; unknown: sent or not, nothing was reported. It is never sent again.',
    ),
  instanceName: z.string().nullable().describe('The number that sends it; null: none was chosen yet.'),
  reservationId: z.string().nullable().describe('The seat that is counted for it.'),
  messageId: z.string().nullable().describe('Evolution’s id of the message; null: not known.'),
  kind: z.enum(KINDS).nullable().describe('As in `reserve`.'),
  createdAt: instant.describe('When it was accepted.'),
  notBefore: instant.nullable().describe('`sendAt`; null: none was given.'),
  validUntil: instant.nullable().describe('Not sent after this; null: sent at once or not at all.'),
  sentAt: instant.nullable().describe('When Evolution had written it to WhatsApp.'),
  deliveredAt: instant.nullable().describe('When it reached a phone.'),
  readAt: instant.nullable().describe('When it was read.'),
  attempts: z
    .array(
      z.object({
        instanceName: z.string().describe('The number that was tried.'),
        at: instant.describe('When it was handed to Evolution.'),
        result: z
          .string()
          .describe(
            'sending, sent, unknown, not_tried, or why it was surely not sent, such as line_down or no_whatsapp.',
          ),
      }),
    )
    .describe('The numbers that were tried, at most the last 20.'),
  error: z.string().nullable().describe('Why it waits, was not sent, or is not certain.'),
})

/** What `message.onChange` sends. */
export const messageChange = z.object({
  type: z.literal('state').describe('It reached another state.'),
  message: message.describe('As it was when the change was read.'),
})
