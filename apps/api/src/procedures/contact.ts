import {
  blockContact,
  type Contact,
  clearPreference,
  contactExport,
  countContacts,
  exportContact,
  type Fleet,
  forgetContact,
  getContact,
  instanceName,
  instant,
  instantInput,
  linkContact,
  namesInPools,
  readContactInPools,
  recordInbound,
  requireInPools,
  type SeenPools,
  setPreference,
  text,
  unblockContact,
  unlinkContact,
} from '@zapfleet/core'
import { masked } from '@zapfleet/telemetry'
import { z } from 'zod'
import {
  adminAct,
  adminProcedure,
  adminsOnlyProcedure,
  botAct,
  botProcedure,
  IN_POOLS,
  POSTABLE,
  REPEATABLE,
  router,
  SLOW,
} from '../procedure.ts'
import { contactId, messageId, noInput } from './fields.ts'

/** `contact.get`, `contact.unblock`, `contact.clearPreference`, `contact.export`, `contact.forget` */
const contactInput = z.strictObject({
  id: contactId.describe('Id of the contact: 1 to 255 characters, the same as in `reserve`.'),
})

/** `contact.setPreference` */
const preferenceInput = z.strictObject({
  id: contactId.describe('Id of the contact: 1 to 255 characters, the same as in `reserve`.'),
  instanceName: instanceName.describe('The instance that serves this contact from now on.'),
})

/** `contact.block` */
const blockInput = z.strictObject({
  id: contactId.describe('Id of the contact: 1 to 255 characters, the same as in `reserve`.'),
  reason: text(200).optional().describe('Why the contact is blocked, in your words: 1 to 200 characters.'),
})

/** `contact.recordInbound` */
const inboundInput = z.strictObject({
  id: contactId.describe('Who wrote: any id of the contact, the same as in `reserve`.'),
  instanceName: instanceName.describe('The instance that received the message.'),
  at: instantInput
    .optional()
    .describe(
      'When it was written, ISO 8601; default now. At most five minutes in the future, which count as now.',
    ),
  messageId: messageId
    .optional()
    .describe(
      'Id of the message (`key.id`). With it a repeated call without `at` changes nothing in the same process; give `at` where several run.',
    ),
})

/** `contact.link`, `contact.unlink` */
const linkInput = z.strictObject({
  id: contactId.describe('An id of the contact.'),
  alias: contactId.describe('Another id of the same person.'),
})

/** A person or group, and the instance that serves it. */
export const contact = z.object({
  id: z.string().describe('Id of the contact.'),
  preferredInstance: z
    .string()
    .nullable()
    .describe('The instance that serves this contact; null before the first message.'),
  aliases: z
    .array(z.string())
    .describe('Its other ids, by `contact.link`. Spellings that are one contact by rule are not listed.'),
  lastInbound: z
    .object({
      instanceName: z.string().describe('The instance that received it.'),
      at: instant.describe('ISO 8601 in UTC.'),
    })
    .nullable()
    .describe('The newest message that the contact wrote to any instance; null where none was reported.'),
  blocked: z
    .boolean()
    .describe('The contact opted out of messages: `reserve` is refused with CONTACT_BLOCKED.'),
})

/** The number of contacts that prefer each instance; instances without any are left out. */
const contactCounts = z.object({
  countedAt: instant.describe('ISO 8601 in UTC. A count is cached for 15 seconds.'),
  counts: z
    .array(
      z.object({
        name: z.string().describe('Name of the instance.'),
        contacts: z.number().describe('Contacts whose preferred instance it is.'),
      }),
    )
    .describe('One entry for each instance that has contacts.'),
})

/** `contact.forget` */
const forgotten = z.object({ forgotten: z.literal(true).describe('The person is in no table.') })

/** `contact.*`: the preferred instance, the ids and the opt-out of each contact. */
export const contactRouter = router({
  /** Reads which instance serves a contact. */
  get: botProcedure
    .meta({ ...POSTABLE, ...IN_POOLS })
    .input(contactInput)
    .output(contact)
    .query(({ ctx, input }) => readSeen(ctx, input)),
  /** Counts the contacts of each instance. */
  counts: adminProcedure
    .meta(IN_POOLS)
    .input(noInput)
    .output(contactCounts)
    .query(async ({ ctx: { fleet, pools } }) => {
      const { countedAt, counts } = await countContacts(fleet)
      if (pools === undefined) return { countedAt, counts }
      const seen = await namesInPools(fleet, pools)
      return { countedAt, counts: counts.filter(({ name }) => seen.has(name)) }
    }),
  /** Sets the instance that serves a contact from now on. Errors: `NOT_FOUND`. */
  setPreference: adminAct(preferenceInput)
    .output(contact)
    .mutation(({ ctx, input }) => setPreference(ctx.fleet, input)),
  /** Removes the preferred instance of a contact: the next message chooses anew. */
  clearPreference: adminAct(contactInput)
    .output(contact)
    .mutation(({ ctx, input }) => clearPreference(ctx.fleet, input)),
  /**
   * Records that a person wrote to an instance, for bots that receive Evolution's events themselves. That instance serves the contact
   * from now on, unless a newer message of the contact is recorded. May be repeated. Errors: `NOT_FOUND`.
   */
  recordInbound: botProcedure
    .meta({ ...REPEATABLE, ...IN_POOLS })
    .input(inboundInput)
    .output(contact)
    .mutation(async ({ ctx, input }) => {
      await requireInPools(ctx.fleet, input.instanceName, ctx.pools)
      return seenOf(ctx, await recordInbound(ctx.fleet, input))
    }),
  /**
   * Blocks a contact that opted out: every later `reserve` is refused with `CONTACT_BLOCKED`, in all pools. Keys that are bound to pools may
   * block too.
   */
  block: botAct(blockInput)
    .meta({ ...REPEATABLE, ...IN_POOLS })
    .output(contact)
    .mutation(async ({ ctx, input }) => seenOf(ctx, await blockContact(ctx.fleet, input))),
  /** Ends the block of a contact, in all pools. Not for keys that are bound to pools. */
  unblock: botAct(contactInput)
    .meta(REPEATABLE)
    .output(contact)
    .mutation(({ ctx, input }) => unblockContact(ctx.fleet, input)),
  /** Makes an id another id of a contact. Errors: `CONFLICT` when both have conversations. */
  link: adminAct(linkInput)
    .output(contact)
    .mutation(({ ctx, input }) => linkContact(ctx.fleet, input)),
  /** Takes an id away from a contact; no rule joins it again. Errors: `NOT_FOUND` when it is not linked. */
  unlink: adminAct(linkInput)
    .output(contact)
    .mutation(({ ctx, input }) => unlinkContact(ctx.fleet, input)),
  /** Everything that is stored of a person, under all ids. Admins only. */
  export: adminsOnlyProcedure
    .meta({ ...SLOW, ...POSTABLE })
    .input(contactInput)
    .output(contactExport)
    .query(({ ctx, input }) => exportContact(ctx.fleet, input)),
  /** Removes a person from every table; counters and a block stay. Repeat a call that was interrupted. */
  forget: adminAct(contactInput)
    .meta({ ...SLOW, ...REPEATABLE })
    .output(forgotten)
    .mutation(({ ctx, input }) => forgetContact(ctx.fleet, input, masked)),
})

/** A contact as the caller receives it: see `readContactInPools`. */
async function seenOf(
  { fleet, pools }: { fleet: Fleet; pools: SeenPools },
  contact: Contact,
): Promise<Contact> {
  return pools === undefined ? contact : readContactInPools(fleet, contact, pools)
}

/** Reads a contact as the caller receives it. */
function readSeen(
  { fleet, pools }: { fleet: Fleet; pools: SeenPools },
  input: { id: string },
): Promise<Contact> {
  return pools === undefined ? getContact(fleet, input) : readContactInPools(fleet, input, pools)
}
