import {
  confirmReservation,
  FALLBACKS,
  type Fleet,
  getReservation,
  instanceName,
  instant,
  instantInput,
  KINDS,
  namesInPools,
  OUTCOME_STATUSES,
  RELEASE_CAUSES,
  releaseReservation,
  reportOutcomes,
  requireReservation,
  reserve,
  type SeenPools,
  STRATEGIES,
  tag,
  text,
} from '@zapfleet/core'
import { z } from 'zod'
import { type Caller, familyOf } from '../caller.ts'
import { withPoolOfCall } from '../pools.ts'
import { botProcedure, IN_POOLS, REPEATABLE, router } from '../procedure.ts'
import { contactId, idempotencyKey, messageId } from './fields.ts'

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
    idempotencyKey: idempotencyKey
      .optional()
      .describe(
        'The same key with the same input within 24 hours answers the same reservation, counted once.',
      ),
    exclude: z
      .array(instanceName)
      .max(100)
      .optional()
      .describe('Names not to use: for a retry after a failed send.'),
    pool: tag
      .optional()
      .describe(
        'Only numbers with this tag serve; all by default, or the pool of a key that is bound to one.',
      ),
    maxWaitMs: z
      .int()
      .min(0)
      .max(120_000)
      .optional()
      .describe(
        'How long the caller can wait for its turn on a number with a gap between messages, in milliseconds; default 0. The answer then names the moment, `notBefore`: send at that moment and not before.',
      ),
  })
  .prefault({})

const id = z.uuid().describe('Id of the reservation.')

/** `reservation.get` */
export const reservationIdInput = z.strictObject({ id })

/** `reservation.confirm` */
const confirmInput = z.strictObject({
  id,
  messageId: messageId
    .optional()
    .describe(
      'Id of the message in the answer of Evolution’s send (`key.id`). With it the outcome of the message is found for certain.',
    ),
})

/** `reservation.report` */
const reportInput = z.strictObject({
  events: z
    .array(
      z.strictObject({
        instanceName: instanceName.describe('The instance that sent the message.'),
        messageId: messageId.describe('Id of the message, as in `confirm`.'),
        status: z
          .enum(OUTCOME_STATUSES)
          .describe(
            'sent: WhatsApp’s server has it (SERVER_ACK); delivered (DELIVERY_ACK); read (READ, PLAYED); failed (ERROR).',
          ),
        at: instantInput.optional().describe('When it happened, ISO 8601; default now.'),
        error: text(500).optional().describe('Why it failed, in words or as a code. No text of the message.'),
      }),
    )
    .max(500)
    .describe('In any order; repeated events change nothing.'),
})

/** How many events have a reservation. */
const reportAnswer = z.object({
  matched: z.number().describe('Events whose message has a reservation, whether they changed it or not.'),
  unmatched: z
    .number()
    .describe('Events whose message has none yet: they wait for its confirm for 24 hours.'),
})

/** `reservation.release` */
const releaseInput = z.strictObject({
  id,
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
  server: z
    .string()
    .describe('The Evolution server that has the instance now; `default` unless there are several.'),
  contactId: z.string().nullable().describe('Who the message is for; null: not given.'),
  pool: z.string().nullable().describe('The pool that it was reserved in; null: none.'),
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
  messageId: z.string().nullable().describe('Evolution’s id of the message; null: not known yet.'),
  outcome: z
    .object({
      status: z
        .enum(OUTCOME_STATUSES)
        .describe('The highest that was reported, in the order sent, failed, delivered, read.'),
      at: instant.describe('When this status was first reported.'),
      error: z.string().nullable().describe('Why it failed, where that was reported.'),
    })
    .nullable()
    .describe('What became of the message; null: nothing is known.'),
  reservedAt: instant.describe('ISO 8601 in UTC; its hour and day are charged.'),
  notBefore: instant
    .nullable()
    .describe('Not to be sent before this moment, ISO 8601 in UTC; null: it may be sent at once.'),
  remaining: z
    .object({
      hour: z.number().describe('This clock hour.'),
      day: z.number().describe('This day.'),
      newContacts: z
        .number()
        .nullable()
        .describe('New contacts that it may still write to; null: it has no limit for them.'),
    })
    .describe('What the instance may still send in the present hour and local day.'),
})

/** `reservation.*`: one counted message, confirmed or released, and what became of it. */
export const reservationRouter = router({
  /**
   * Reserves one message on an instance and counts it; the answer names the instance to send through. Errors:
   * `NO_CAPACITY` (with `availableAt`), `OVERLOADED`, `CONFLICT` (the idempotency key was used with another input).
   */
  reserve: botProcedure
    .meta({ ...REPEATABLE, ...IN_POOLS })
    .input(reserveInput)
    .output(reservation)
    .mutation(({ ctx: { fleet, caller }, input }) =>
      reserve(fleet, withPoolOfCall(caller, input), { owner: familyOf(caller) }),
    ),
  /** Reads a reservation and what became of its message. Errors: `NOT_FOUND`. */
  get: botProcedure
    .meta(IN_POOLS)
    .input(reservationIdInput)
    .output(reservation)
    .query(async ({ ctx, input }) => {
      await requireOwn(ctx, input)
      return getReservation(ctx.fleet, input)
    }),
  /**
   * Records that the message was sent, and its id on WhatsApp. May be repeated. Errors: `NOT_FOUND`, `FORBIDDEN` (another key reserved it),
   * `CONFLICT` (it was released).
   */
  confirm: botProcedure
    .meta({ ...REPEATABLE, ...IN_POOLS })
    .input(confirmInput)
    .output(reservation)
    .mutation(async ({ ctx, input }) => {
      await requireOwn(ctx, input)
      return confirmReservation(ctx.fleet, input, ownerFor(ctx.caller))
    }),
  /**
   * Gives the reservation back: the message was surely not sent. May be repeated. Errors: `NOT_FOUND`, `FORBIDDEN`
   * (another key reserved it), `CONFLICT` (it was confirmed).
   */
  release: botProcedure
    .meta({ ...REPEATABLE, ...IN_POOLS })
    .input(releaseInput)
    .output(reservation)
    .mutation(async ({ ctx, input }) => {
      await requireOwn(ctx, input)
      return releaseReservation(ctx.fleet, input, ownerFor(ctx.caller))
    }),
  /**
   * Stores what became of messages, for bots that receive Evolution's events themselves. At most 500 events; repeated,
   * late and unordered ones are fine, an outcome only moves forward.
   */
  report: botProcedure
    .meta({ ...REPEATABLE, ...IN_POOLS })
    .input(reportInput)
    .output(reportAnswer)
    .mutation(async ({ ctx: { fleet, pools }, input }) => {
      if (pools === undefined) return reportOutcomes(fleet, input)
      const names = input.events.map(({ instanceName }) => instanceName)
      const seen = await namesInPools(fleet, pools, names)
      const events = input.events.filter(({ instanceName }) => seen.has(instanceName))
      const { matched } = await reportOutcomes(fleet, { events })
      return { matched, unmatched: input.events.length - matched }
    }),
})

/** Refuses a reservation that a key which is bound to pools does not see: see `requireReservation`. */
function requireOwn(
  { fleet, caller, pools }: { fleet: Fleet; caller: Caller; pools: SeenPools },
  input: { id: string },
): Promise<void> {
  return requireReservation(fleet, input, { owner: familyOf(caller), pools })
}

/** The owner whose reservations a caller may complete; null: any, for admins. */
function ownerFor(caller: Caller): string | null {
  return caller.role === 'admin' ? null : familyOf(caller)
}
