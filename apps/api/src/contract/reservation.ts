import { FALLBACKS, STRATEGIES } from '@zapfleet/core'
import { z } from 'zod'
import { contactId, instanceName, instant, text } from './text.ts'

/** `reservation.reserve` */
export const reserveInput = z
  .strictObject({
    contactId: contactId.optional(),
    strategy: z.enum(STRATEGIES).optional(),
    fallback: z.enum(FALLBACKS).optional(),
    idempotencyKey: text(255).optional(),
    exclude: z.array(instanceName).max(100).optional(),
  })
  .prefault({})

/** `reservation.confirm`, `reservation.release` */
export const settleInput = z.strictObject({ id: z.uuid() })

/** One counted seat on one instance. */
export const reservation = z.object({
  id: z.string(),
  instanceName: z.string(),
  contactId: z.string().nullable(),
  strategy: z.enum(STRATEGIES),
  state: z.enum(['reserved', 'confirmed', 'released']),
  preference: z.enum(['kept', 'assigned', 'moved', 'borrowed', 'none']),
  reservedAt: instant,
  remaining: z.object({ hour: z.number(), day: z.number() }),
})
