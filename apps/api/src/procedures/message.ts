import {
  cancelMessage,
  FALLBACKS,
  getMessage,
  instanceName,
  instant,
  instantInput,
  KINDS,
  listMessages,
  MEDIA_KINDS,
  MESSAGE_STATES,
  STRATEGIES,
  sendMessage,
  text,
} from '@zapfleet/core'
import { z } from 'zod'
import { type Caller, familyOf } from '../caller.ts'
import { adminsOnlyProcedure, botProcedure, router, SLOW } from '../procedure.ts'
import { contactId } from './fields.ts'

/** The longest text that WhatsApp takes. */
const TEXT_MAX_LENGTH = 65_536
/** 16 MiB of a file, as base64. */
const BASE64_MAX_LENGTH = 22_369_624
const MAX_VALID_S = 604_800

const url = z
  .url({ protocol: /^https?$/, error: 'expected an address that begins with http:// or https://' })
  .max(2_048)
const base64 = z.base64().min(4).max(BASE64_MAX_LENGTH)

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
    error: 'expected exactly one of url and base64',
  })
  .refine((given) => given.kind !== 'document' || given.url !== undefined || given.fileName !== undefined, {
    error: 'expected fileName, which a document as base64 needs',
  })
  .refine((given) => given.kind !== 'audio' || given.caption === undefined, {
    error: 'expected no caption: a voice message has none',
  })

/** `message.send` */
const sendInput = z
  .strictObject({
    to: contactId.describe(
      'The recipient as Evolution takes it: digits with the country code, a JID, or the JID of a group. It is never rewritten.',
    ),
    text: text(TEXT_MAX_LENGTH).optional().describe('The text. Give it or `media`.'),
    media: media.optional().describe('A file. Give it or `text`.'),
    contactId: contactId
      .optional()
      .describe('The contact whose number, limits and block count, as in `reserve`; default `to`.'),
    strategy: z.enum(STRATEGIES).optional().describe('As in `reserve`; default sticky.'),
    fallback: z.enum(FALLBACKS).optional().describe('As in `reserve`.'),
    exclude: z.array(instanceName).max(100).optional().describe('Names not to use.'),
    failover: z
      .int()
      .min(0)
      .max(10)
      .optional()
      .describe(
        'How many other numbers are tried after one that surely did not send it; default 2. A message that may have been sent is never sent again.',
      ),
    idempotencyKey: text(200)
      .optional()
      .describe(
        'The same key with the same input answers the same message, in whatever state it is, sent once.',
      ),
    sendAt: instantInput.optional().describe('Not before this instant, ISO 8601; at most 31 days from now.'),
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
    error: 'expected exactly one of text and media',
  })

const id = z.uuid().describe('Id of the message.')

/** `message.get`, `message.cancel` */
const messageIdInput = z.strictObject({ id })

/** `message.list` */
const listInput = z
  .strictObject({
    state: z.enum(MESSAGE_STATES).optional().describe('Only those in this state.'),
    contactId: contactId.optional().describe('Only those to this contact.'),
    instanceName: instanceName.optional().describe('Only those by this instance.'),
    before: z.uuid().optional().describe('Only those before this message: the id of the last one of a page.'),
    limit: z.int().min(1).max(200).optional().describe('At most this many, 1 to 200; default 50.'),
  })
  .prefault({})

/** One message that zapfleet sends. */
const message = z.object({
  id: z.string().describe('A UUID.'),
  to: z.string().describe('The recipient, as it was given.'),
  contactId: z.string().describe('The contact, as it was given.'),
  pool: z.string().nullable().describe('Always null: numbers have no pools yet.'),
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

/** `message.*`: messages that zapfleet sends itself. Their text and media are kept until they were sent or have ended. */
export const messageRouter = router({
  /**
   * Sends one message by the number that should send it, once, and answers when it was sent, has ended, or waits in the queue; after 45 s with
   * what is known. Errors: `NO_CAPACITY` (without `validForS`; nothing is stored), `CONTACT_BLOCKED`, `CONFLICT` (the key was used with
   * other input), `OVERLOADED` (the queue is full).
   */
  send: botProcedure
    .meta({ ...SLOW, repeatable: true })
    .input(sendInput)
    .output(message)
    .mutation(({ ctx, input }) => sendMessage(ctx.call, input, familyOf(ctx.caller))),
  /** Reads a message and what became of it. Errors: `NOT_FOUND`. */
  get: botProcedure
    .input(messageIdInput)
    .output(message)
    .query(({ ctx, input }) => getMessage(ctx.fleet, input)),
  /** Lists messages, the newest first. */
  list: adminsOnlyProcedure
    .input(listInput)
    .output(z.array(message))
    .query(({ ctx, input }) => listMessages(ctx.fleet, input)),
  /**
   * Cancels a message that waits in the queue. May be repeated. Errors: `NOT_FOUND`, `FORBIDDEN` (another key sent it), `CONFLICT` (it is
   * being sent, or has ended).
   */
  cancel: botProcedure
    .meta({ repeatable: true })
    .input(messageIdInput)
    .output(message)
    .mutation(({ ctx, input }) => cancelMessage(ctx.fleet, input, ownerFor(ctx.caller))),
})

/** The owner whose messages a caller may cancel; null: any, for admins. */
function ownerFor(caller: Caller): string | null {
  return caller.role === 'admin' ? null : familyOf(caller)
}
