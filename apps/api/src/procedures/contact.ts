import { clearPreference, countContacts, getContact, setPreference } from '@zapfleet/core'
import { contact, contactCounts, contactInput, preferenceInput } from '../contract/contact.ts'
import { noInput } from '../contract/health.ts'
import { adminAct, adminProcedure, botProcedure, router } from '../procedure.ts'

/** `contact.*`: which number a person is used to. */
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
