import { confirmReservation, releaseReservation, reserve } from '@zapfleet/core'
import { reservation, reserveInput, settleInput } from '../contract/reservation.ts'
import { botProcedure, router } from '../procedure.ts'

/** `reservation.*`: a counted seat for one message, confirmed or given back. */
export const reservationRouter = router({
  reserve: botProcedure
    .input(reserveInput)
    .output(reservation)
    .mutation(({ ctx, input }) => reserve(ctx.fleet, input)),
  confirm: botProcedure
    .input(settleInput)
    .output(reservation)
    .mutation(({ ctx, input }) => confirmReservation(ctx.fleet, input)),
  release: botProcedure
    .input(settleInput)
    .output(reservation)
    .mutation(({ ctx, input }) => releaseReservation(ctx.fleet, input)),
})
