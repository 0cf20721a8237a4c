import { FALLBACKS, STRATEGIES } from '@zapfleet/core'
import { z } from 'zod'
import { contactId, instanceName, instant, text } from './text.ts'

/** `reservation.reserve` */
export const reserveInput = z
  .strictObject({
    contactId: contactId
      .optional()
      .describe('Who the message is for. Without it no number is remembered for anybody.'),
    strategy: z
      .enum(STRATEGIES)
      .optional()
      .describe(
        'sticky (default): the same number each time; round_robin: a rotation, weighted by priority; least_loaded: the lowest share of its day.',
      ),
    fallback: z
      .enum(FALLBACKS)
      .optional()
      .describe(
        'For sticky, when that number cannot serve now: move (default) to another and stay there, borrow another for this message, refuse and wait (default for a group, …@g.us: other numbers may not be members).',
      ),
    idempotencyKey: text(255)
      .optional()
      .describe(
        'The same key with the same input within 24 hours answers the same reservation, counted once.',
      ),
    exclude: z
      .array(instanceName)
      .max(100)
      .optional()
      .describe('Names not to use: for a retry after a failed send.'),
  })
  .prefault({})

/** `reservation.confirm`, `reservation.release` */
export const settleInput = z.strictObject({ id: z.uuid() })

/** One counted seat on one instance. */
export const reservation = z.object({
  id: z.string().describe('A UUID, for confirm and release.'),
  instanceName: z.string().describe('The instance to send through.'),
  contactId: z.string().nullable(),
  strategy: z.enum(STRATEGIES),
  state: z.enum(['reserved', 'confirmed', 'released']),
  preference: z
    .enum(['kept', 'assigned', 'moved', 'borrowed', 'none'])
    .describe('What became of the number that this contact is used to; none: no contactId.'),
  reservedAt: instant,
  remaining: z
    .object({ hour: z.number(), day: z.number() })
    .describe('What the instance may still send in the present hour and local day.'),
})
