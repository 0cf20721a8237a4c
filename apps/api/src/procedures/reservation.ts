import {
  confirmReservation,
  FALLBACKS,
  instanceName,
  instant,
  KINDS,
  RELEASE_CAUSES,
  releaseReservation,
  reserve,
  STRATEGIES,
  text,
} from '@zapfleet/core'
import { z } from 'zod'
import { type Caller, familyOf } from '../caller.ts'
import { botProcedure, REPEATABLE, router } from '../procedure.ts'
import { contactId } from './fields.ts'

/** `reservation.reserve` */
export const reserveInput = z
  .strictObject({
    contactId: contactId
      .optional()
      .describe('The recipient of the message. Without it no preference is stored.'),
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

/** `reservation.confirm` */
export const completeInput = z.strictObject({ id: z.uuid().describe('Id of the reservation.') })

/** `reservation.release` */
const releaseInput = z.strictObject({
  id: z.uuid().describe('Id of the reservation.'),
  cause: z
    .enum(RELEASE_CAUSES)
    .optional()
    .describe(
      'Why it was not sent: line_down (the number has no connection to WhatsApp), not_on_whatsapp (the contact has no WhatsApp), refused (Evolution refused it for another reason), not_tried (nothing was sent to Evolution). A number of which several line_down come in a row leaves the rotation.',
    ),
})

/** One message that is counted on an instance. */
export const reservation = z.object({
  id: z.string().describe('A UUID, for confirm and release.'),
  instanceName: z.string().describe('The instance to send through.'),
  contactId: z.string().nullable().describe('Who the message is for; null: not given.'),
  strategy: z.enum(STRATEGIES).describe('How the instance was chosen.'),
  state: z
    .enum(['reserved', 'confirmed', 'released'])
    .describe('reserved and confirmed are counted; released is not.'),
  preference: z
    .enum(['kept', 'assigned', 'moved', 'borrowed', 'none'])
    .describe('What became of the number that this contact is used to; none: no contactId.'),
  kind: z
    .enum(KINDS)
    .nullable()
    .describe(
      'reply: the contact wrote to this number within 24 hours; known: it sent to or received from the contact within 30 days; new: neither; null: no contactId.',
    ),
  reservedAt: instant.describe('ISO 8601 in UTC; its hour and day are charged.'),
  remaining: z
    .object({ hour: z.number().describe('This clock hour.'), day: z.number().describe('This day.') })
    .describe('What the instance may still send in the present hour and local day.'),
})

/** `reservation.*`: one counted message, confirmed or released. */
export const reservationRouter = router({
  /**
   * Reserves one message on an instance and counts it; the answer names the instance to send through. Errors:
   * `NO_CAPACITY` (with `availableAt`), `OVERLOADED`, `CONFLICT` (the idempotency key was used with another input).
   */
  reserve: botProcedure
    .meta(REPEATABLE)
    .input(reserveInput)
    .output(reservation)
    .mutation(({ ctx, input }) => reserve(ctx.fleet, input, { owner: familyOf(ctx.caller) })),
  /**
   * Records that the message was sent. May be repeated. Errors: `NOT_FOUND`, `FORBIDDEN` (another key reserved it),
   * `CONFLICT` (it was released).
   */
  confirm: botProcedure
    .meta(REPEATABLE)
    .input(completeInput)
    .output(reservation)
    .mutation(({ ctx, input }) => confirmReservation(ctx.fleet, input, ownerFor(ctx.caller))),
  /**
   * Gives the reservation back: the message was surely not sent. May be repeated. Errors: `NOT_FOUND`, `FORBIDDEN`
   * (another key reserved it), `CONFLICT` (it was confirmed).
   */
  release: botProcedure
    .meta(REPEATABLE)
    .input(releaseInput)
    .output(reservation)
    .mutation(({ ctx, input }) => releaseReservation(ctx.fleet, input, ownerFor(ctx.caller))),
})

/** The owner whose reservations a caller may complete; null: any, for admins. */
function ownerFor(caller: Caller): string | null {
  return caller.role === 'admin' ? null : familyOf(caller)
}
