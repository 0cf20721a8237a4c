import { confirmReservation, releaseReservation, reserve } from '@zapfleet/core'
import { type Caller, familyOf } from '../caller.ts'
import { reservation, reserveInput, settleInput } from '../contract/reservation.ts'
import { botProcedure, REPEATABLE, router } from '../procedure.ts'

/** `reservation.*`: a counted seat for one message, confirmed or given back. */
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
    .input(settleInput)
    .output(reservation)
    .mutation(({ ctx, input }) => confirmReservation(ctx.fleet, input, settlesAs(ctx.caller))),
  /**
   * Gives the reservation back: the message was surely not sent. May be repeated. Errors: `NOT_FOUND`, `FORBIDDEN`
   * (another key reserved it), `CONFLICT` (it was confirmed).
   */
  release: botProcedure
    .meta(REPEATABLE)
    .input(settleInput)
    .output(reservation)
    .mutation(({ ctx, input }) => releaseReservation(ctx.fleet, input, settlesAs(ctx.caller))),
})

/** Bots settle their own reservations, admins any. */
function settlesAs(caller: Caller): string | null {
  return caller.role === 'admin' ? null : familyOf(caller)
}
