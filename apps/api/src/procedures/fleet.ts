import { fleetStats as countFleet } from '@zapfleet/core'
import { fleetStats } from '../contract/fleet-stats.ts'
import { noInput } from '../contract/health.ts'
import { adminProcedure, router } from '../procedure.ts'

/** `fleet.*`: the fleet as a whole. */
export const fleetRouter = router({
  stats: adminProcedure
    .input(noInput)
    .output(fleetStats)
    .query(({ ctx }) => countFleet(ctx.fleet)),
})
