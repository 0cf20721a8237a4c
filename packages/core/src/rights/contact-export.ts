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
        .object({ instanceName: z.string(), at: instant })
        .nullable()
        .describe('The newest message of the person to any number.'),
    })
    .describe('What is stored of the contact itself.'),
  clients: z
    .array(z.object({ id: z.string(), preferredInstance: nullableText }))
    .describe(
      'The rows of the person in the table clientes of the bot; its other columns belong to the bot.',
    ),
  conversations: z
    .array(
      z.object({
        instanceName: z.string(),
        lastSentAt: instant
          .nullable()
          .describe('When this number last sent to the person; up to 20 hours behind.'),
        lastInboundAt: instant.nullable().describe('When the person last wrote to this number.'),
      }),
    )
    .describe('With each number. Kept for 31 days.'),
  reservations: z
    .array(
      z.object({
        id: z.string(),
        contactId: z.string().describe('The person as the caller wrote it.'),
        instanceName: z.string(),
        strategy: z.string(),
        preference: z.string(),
        state: z.string(),
        kind: nullableText.describe('reply, known or new.'),
        reservedAt: instant,
        completedAt: instant.nullable(),
        releaseCause: nullableText,
        messageId: nullableText.describe('The id of the message on WhatsApp.'),
        outcome: z.object({ status: z.string(), at: instant.nullable(), error: nullableText }).nullable(),
        idempotencyKey: nullableText,
      }),
    )
    .describe('Messages, the oldest first, under all ids. Kept for 35 days. No text of a message is stored.'),
  audit: z
    .array(
      z.object({
        at: instant,
        act: z.string(),
        target: nullableText.describe('Masked.'),
        before: z.record(z.string(), z.unknown()).nullable(),
        after: z.record(z.string(), z.unknown()).nullable(),
        outcome: nullableText,
      }),
    )
    .describe(
      'Acts of admins on this contact. Kept for 400 days. Acts that an earlier release stored name contacts by masks alone and are left out.',
    ),
})

export type ContactExport = z.output<typeof contactExport>
