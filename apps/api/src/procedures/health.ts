import { checkAllInstances, checkInstance, healthSummary as summarise } from '@zapfleet/core'
import { z } from 'zod'
import { health, healthSummary, noInput } from '../contract/health.ts'
import { nameInput } from '../contract/instance.ts'
import { adminAct, botProcedure, router, WAITS_FOR_EVOLUTION } from '../procedure.ts'

/** `health.*`: `check` and `checkAll` read Evolution now, `summary` tells what is known. */
export const healthRouter = router({
  /** Reads the state of one instance from Evolution now, stores it and answers it. Errors: `NOT_FOUND`. */
  check: adminAct(nameInput)
    .meta(WAITS_FOR_EVOLUTION)
    .output(health)
    .mutation(({ ctx, input }) => checkInstance(ctx.call, input)),
  /** Reads the state of every instance from Evolution now, stores and answers it. */
  checkAll: adminAct(noInput)
    .meta(WAITS_FOR_EVOLUTION)
    .output(z.array(health))
    .mutation(({ ctx }) => checkAllInstances(ctx.call)),
  /** Reads the last known health of the fleet; does not call Evolution. */
  summary: botProcedure
    .input(noInput)
    .output(healthSummary)
    .query(({ ctx }) => summarise(ctx.fleet)),
})
