import { z } from 'zod'
import { contactId, instanceName, instant } from './text.ts'

/** `contact.get`, `contact.clearPreference` */
export const contactInput = z.strictObject({ id: contactId })

/** `contact.setPreference` */
export const preferenceInput = z.strictObject({ id: contactId, instanceName })

/** A person the bot talks to, and the number that usually does it. */
export const contact = z.object({
  id: z.string(),
  preferredInstance: z.string().nullable().describe('Null before the first message.'),
})

/** How many contacts prefer each number; numbers without any are left out. */
export const contactCounts = z.object({
  countedAt: instant,
  counts: z.array(z.object({ name: z.string(), contacts: z.number() })),
})
