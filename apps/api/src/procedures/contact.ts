import { clearPreference, countContacts, getContact, setPreference } from '@zapfleet/core'
import { contact, contactCounts, contactInput, preferenceInput } from '../contract/contact.ts'
import { noInput } from '../contract/health.ts'
import { adminAct, adminProcedure, botProcedure, router } from '../procedure.ts'

/** `contact.*`: which number a person is used to. */
export const contactRouter = router({
  get: botProcedure
    .input(contactInput)
    .output(contact)
    .query(({ ctx, input }) => getContact(ctx.fleet, input)),
  counts: adminProcedure
    .input(noInput)
    .output(contactCounts)
    .query(({ ctx }) => countContacts(ctx.fleet)),
  setPreference: adminAct(preferenceInput)
    .output(contact)
    .mutation(({ ctx, input }) => setPreference(ctx.fleet, input)),
  clearPreference: adminAct(contactInput)
    .output(contact)
    .mutation(({ ctx, input }) => clearPreference(ctx.fleet, input)),
})
