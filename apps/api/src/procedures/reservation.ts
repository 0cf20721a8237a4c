import { confirmReservation, releaseReservation, reserve } from '@zapfleet/core'
import { type Caller, familyOf } from '../caller.ts'
import { reservation, reserveInput, settleInput } from '../contract/reservation.ts'
import { botProcedure, router } from '../procedure.ts'

/** `reservation.*`: a counted seat for one message, confirmed or given back. */
export const reservationRouter = router({
  reserve: botProcedure
    .input(reserveInput)
    .output(reservation)
    .mutation(({ ctx, input }) => reserve(ctx.fleet, input, { owner: familyOf(ctx.caller) })),
  confirm: botProcedure
    .input(settleInput)
    .output(reservation)
    .mutation(({ ctx, input }) => confirmReservation(ctx.fleet, input, settlesAs(ctx.caller))),
  release: botProcedure
    .input(settleInput)
    .output(reservation)
    .mutation(({ ctx, input }) => releaseReservation(ctx.fleet, input, settlesAs(ctx.caller))),
})

/** Bots settle their own reservations, admins any. */
function settlesAs(caller: Caller): string | null {
  return caller.role === 'admin' ? null : familyOf(caller)
}
