import { fleetStats as countFleet, readConditions } from '@zapfleet/core'
import { conditions } from '../contract/conditions.ts'
import { fleetStats } from '../contract/fleet-stats.ts'
import { noInput } from '../contract/health.ts'
import { adminProcedure, router, WAITS_FOR_EVOLUTION } from '../procedure.ts'

/** `fleet.*`: the fleet as a whole. */
export const fleetRouter = router({
  /** Reads capacity and use of the whole fleet, of this hour and of today. */
  stats: adminProcedure
    .input(noInput)
    .output(fleetStats)
    .query(({ ctx }) => countFleet(ctx.fleet)),
  /** Reads whether Evolution answers and health rounds run; calls Evolution, so it may take seconds. */
  conditions: adminProcedure
    .meta(WAITS_FOR_EVOLUTION)
    .input(noInput)
    .output(conditions)
    .query(async ({ ctx }) => ({ ...(await readConditions(ctx.call)), version: ctx.version })),
})
