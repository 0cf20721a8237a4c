import { checkAllInstances, checkInstance, healthSummary as summarise } from '@zapfleet/core'
import { z } from 'zod'
import { health, healthSummary, noInput } from '../contract/health.ts'
import { nameInput } from '../contract/instance.ts'
import { adminAct, botProcedure, router } from '../procedure.ts'

/** `health.*`: `check` and `checkAll` read Evolution now, `summary` tells what is known. */
export const healthRouter = router({
  check: adminAct(nameInput)
    .output(health)
    .mutation(({ ctx, input }) => checkInstance(ctx.fleet, input)),
  checkAll: adminAct(noInput)
    .output(z.array(health))
    .mutation(({ ctx }) => checkAllInstances(ctx.fleet)),
  summary: botProcedure
    .input(noInput)
    .output(healthSummary)
    .query(({ ctx }) => summarise(ctx.fleet)),
})
