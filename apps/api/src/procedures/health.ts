import {
  checkAllInstances,
  checkInstance,
  EVOLUTION_STATES,
  instant,
  STATUSES,
  healthSummary as summarise,
} from '@zapfleet/core'
import { z } from 'zod'
import { poolsOfRead } from '../pools.ts'
import { adminAct, botProcedure, IN_POOLS, router, SLOW } from '../procedure.ts'
import { noInput, poolInput } from './fields.ts'
import { nameInput } from './instance-schemas.ts'

/** One reading of an instance: its `state` on Evolution, and its `status` in zapfleet. */
export const health = z.object({
  name: z.string().describe('Name of the instance.'),
  state: z
    .enum(EVOLUTION_STATES)
    .describe('State on Evolution; unknown: never read; error: the reading failed.'),
  status: z.enum(STATUSES).describe('Status in zapfleet.'),
  online: z.boolean().describe('Whether the state is open.'),
  checkedAt: instant.nullable().describe('Last reading, ISO 8601 in UTC; null: never.'),
})

/** The last known health of the whole fleet: healthy while at least one number is online. */
export const healthSummary = z.object({
  status: z.enum(['healthy', 'degraded']).describe('healthy while at least one instance is online.'),
  online: z.number().describe('Number of online instances.'),
  total: z.number().describe('Number of instances.'),
  checkedAt: instant.nullable().describe('Oldest of the last readings, ISO 8601 in UTC; null: never.'),
  instances: z.array(health).describe('By name.'),
})

/** `health.*`: `check` and `checkAll` read Evolution now, `summary` answers the last readings. */
export const healthRouter = router({
  /** Reads the state of one instance from Evolution now, stores it and answers it. Errors: `NOT_FOUND`. */
  check: adminAct(nameInput)
    .meta(SLOW)
    .output(health)
    .mutation(({ ctx, input }) => checkInstance(ctx.call, input)),
  /** Reads the state of every instance from Evolution now, stores and answers it. */
  checkAll: adminAct(noInput)
    .meta(SLOW)
    .output(z.array(health))
    .mutation(({ ctx }) => checkAllInstances(ctx.call)),
  /** Reads the last known health of the fleet, or of a pool; does not call Evolution. */
  summary: botProcedure
    .meta(IN_POOLS)
    .input(poolInput)
    .output(healthSummary)
    .query(({ ctx, input }) => summarise(ctx.fleet, poolsOfRead(ctx.caller, input.pool))),
})
