import { alertListInput, alertSchema, listAlerts } from '@zapfleet/core'
import { z } from 'zod'
import { adminProcedure, router } from '../procedure.ts'

/** `alert.*`: what needs a person. */
export const alertRouter = router({
  /** Lists alerts, the newest first, with a text for people and the routes that were notified. Closed ones are kept for 400 days. */
  list: adminProcedure
    .input(alertListInput)
    .output(z.array(alertSchema))
    .query(({ ctx, input }) => listAlerts(ctx.fleet, input)),
})
