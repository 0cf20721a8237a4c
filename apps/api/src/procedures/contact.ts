import {
  clearPreference,
  countContacts,
  getContact,
  instanceName,
  instant,
  setPreference,
} from '@zapfleet/core'
import { z } from 'zod'
import { adminAct, adminProcedure, botProcedure, router } from '../procedure.ts'
import { contactId, noInput } from './fields.ts'

/** `contact.get`, `contact.clearPreference` */
const contactInput = z.strictObject({
  id: contactId.describe('Id of the contact: 1 to 255 characters, the same as in `reserve`.'),
})

/** `contact.setPreference` */
const preferenceInput = z.strictObject({
  id: contactId.describe('Id of the contact: 1 to 255 characters, the same as in `reserve`.'),
  instanceName: instanceName.describe('The instance that serves this contact from now on.'),
})

/** A person or group, and the instance that serves it. */
export const contact = z.object({
  id: z.string().describe('Id of the contact.'),
  preferredInstance: z
    .string()
    .nullable()
    .describe('The instance that serves this contact; null before the first message.'),
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

/** `contact.*`: the preferred instance of each contact. */
export const contactRouter = router({
  /** Reads which instance serves a contact. */
  get: botProcedure
    .input(contactInput)
    .output(contact)
    .query(({ ctx, input }) => getContact(ctx.fleet, input)),
  /** Counts the contacts of each instance. */
  counts: adminProcedure
    .input(noInput)
    .output(contactCounts)
    .query(({ ctx }) => countContacts(ctx.fleet)),
  /** Sets the instance that serves a contact from now on. Errors: `NOT_FOUND`. */
  setPreference: adminAct(preferenceInput)
    .output(contact)
    .mutation(({ ctx, input }) => setPreference(ctx.fleet, input)),
  /** Removes the preferred instance of a contact: the next message chooses anew. */
  clearPreference: adminAct(contactInput)
    .output(contact)
    .mutation(({ ctx, input }) => clearPreference(ctx.fleet, input)),
})
