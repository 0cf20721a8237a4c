import { z } from 'zod'
import { instant } from '../ground/text.ts'

const nullableText = z.string().nullable()

/** Everything that zapfleet holds of one person. Instants are ISO 8601 in UTC. */
export const contactExport = z.object({
  id: z.string().describe('As the caller wrote it.'),
  exportedAt: instant.describe('When the reading began.'),
  ids: z
    .array(
      z.object({
        id: z.string().describe('The id, in one spelling.'),
        isAlias: z.boolean().describe('It was linked by an operator.'),
      }),
    )
    .describe('All ids of the person.'),
  contact: z
    .object({
      preferredInstance: nullableText.describe('The number that serves the person.'),
      blocked: z.boolean().describe('The person opted out of messages.'),
      blockedAt: instant.nullable().describe('Since when.'),
      blockedReason: nullableText.describe('Why, in the words of the program or operator.'),
      unlinkedAt: instant.nullable().describe('When this id was taken from another contact.'),
      lastInbound: z
        .object({
          instanceName: z.string().describe('The number that received it.'),
          at: instant.describe('When it was received.'),
        })
        .nullable()
        .describe('The newest message of the person to any number.'),
    })
    .describe('What is stored of the contact itself.'),
  clients: z
    .array(
      z.object({
        id: z.string().describe('The id in clientes.'),
        preferredInstance: nullableText.describe('The number in that row.'),
      }),
    )
    .describe(
      'The rows of the person in the table clientes of the bot; its other columns belong to the bot.',
    ),
  pools: z
    .array(
      z.object({
        pool: z.string().describe('The tag of its numbers.'),
        preferredInstance: z.string().describe('The number that serves the person there.'),
        lastInboundAt: instant.nullable().describe('When the person last wrote to a number of the pool.'),
      }),
    )
    .describe('The numbers of the person in pools.'),
  conversations: z
    .array(
      z.object({
        instanceName: z.string().describe('The number.'),
        lastSentAt: instant
          .nullable()
          .describe('When this number last sent to the person; up to 20 hours behind.'),
        lastInboundAt: instant.nullable().describe('When the person last wrote to this number.'),
        newContactAt: instant
          .nullable()
          .describe(
            'When this number last counted the person as a new contact; null: not counted, or given back.',
          ),
      }),
    )
    .describe('With each number. Kept for 31 days.'),
  reservations: z
    .array(
      z.object({
        id: z.string().describe('Id of the reservation.'),
        contactId: z.string().describe('The person as the caller wrote it.'),
        instanceName: z.string().describe('The number of the message.'),
        pool: nullableText.describe('The pool that it was reserved in.'),
        strategy: z.string().describe('How the number was chosen.'),
        preference: z.string().describe('What happened to the number of the person.'),
        state: z.string().describe('reserved, confirmed or released.'),
        kind: nullableText.describe('reply, known or new.'),
        reservedAt: instant.describe('When it was counted.'),
        notBefore: instant
          .nullable()
          .describe('Before which moment it must not go out; null: it could go out at once.'),
        completedAt: instant.nullable().describe('When it was confirmed or released.'),
        releaseCause: nullableText.describe('Why it was not sent.'),
        messageId: nullableText.describe('The id of the message on WhatsApp.'),
        outcome: z
          .object({
            status: z.string().describe('sent, delivered, read or failed.'),
            at: instant.nullable().describe('When it was reported.'),
            error: nullableText.describe('Why it failed.'),
          })
          .nullable()
          .describe('What became of the message; null where nothing was reported.'),
        idempotencyKey: nullableText.describe(
          'The key that the program chose, where an earlier release stored it; null otherwise: keys are stored as hashes.',
        ),
      }),
    )
    .describe('Counted messages, the oldest first, under all ids. Kept for 35 days, without their text.'),
  messages: z
    .array(
      z.object({
        id: z.string().describe('Id of the message.'),
        to: z.string().describe('The recipient as the caller wrote it.'),
        contactId: z.string().describe('The person as the caller wrote it.'),
        state: z
          .string()
          .describe('queued, sending, sent, delivered, read, failed, expired, canceled or unknown.'),
        text: nullableText.describe('The text; null as soon as it was sent or has ended, and of a file.'),
        media: z
          .object({
            kind: z.string().describe('image, video, document or audio.'),
            url: nullableText.describe('Where the file is loaded from.'),
            fileName: nullableText.describe('The name of the file.'),
            mimeType: nullableText.describe('The type of the file.'),
            caption: nullableText.describe('The text below it.'),
            isStored: z
              .boolean()
              .describe('The file itself is stored until it was sent; it is not in this answer.'),
          })
          .nullable()
          .describe('The file; null as soon as it was sent or has ended, and of a text.'),
        instanceName: nullableText.describe('The number that sends it.'),
        reservationId: nullableText.describe('Its seat.'),
        messageId: nullableText.describe('The id of the message on WhatsApp.'),
        createdAt: instant.describe('When it was accepted.'),
        dueAt: instant.describe('Not sent before.'),
        validUntil: instant.describe('Not sent after.'),
        attempts: z
          .array(
            z.object({
              instanceName: z.string().describe('The number.'),
              at: instant.describe('When.'),
              result: z.string().describe('What became of it.'),
            }),
          )
          .describe('The numbers that were tried, at most the last 20.'),
        sentAt: instant.nullable().describe('When Evolution had written it to WhatsApp.'),
        deliveredAt: instant.nullable().describe('When it reached a phone.'),
        readAt: instant.nullable().describe('When it was read.'),
        endedAt: instant.nullable().describe('When it had ended.'),
        error: nullableText.describe('Why it waits, was not sent, or is not certain.'),
        idempotencyKey: nullableText.describe('The key that the program chose.'),
      }),
    )
    .describe('Messages that zapfleet sends itself, the oldest first, under all ids. Kept for 35 days.'),
  audit: z
    .array(
      z.object({
        at: instant.describe('When.'),
        act: z.string().describe('The procedure.'),
        target: nullableText.describe('Masked.'),
        before: z.record(z.string(), z.unknown()).nullable().describe('Values before the act.'),
        after: z.record(z.string(), z.unknown()).nullable().describe('Values after the act.'),
        outcome: nullableText.describe('done, or the code of an error.'),
      }),
    )
    .describe(
      'Acts of admins on this contact. Kept for 400 days. Acts that an earlier release stored name contacts by masks alone and are left out.',
    ),
})

export type ContactExport = z.output<typeof contactExport>
