import {
  createRoute,
  deleteRoute,
  listRoutes,
  newRouteInput,
  routeName,
  routeSchema,
  routeUpdateInput,
  testRoute,
  updateRoute,
} from '@zapfleet/core'
import { z } from 'zod'
import { adminAct, adminsOnlyProcedure, router, SLOW } from '../procedure.ts'
import { noInput } from './fields.ts'

const nameInput = z.strictObject({ name: routeName.describe('Name of the route.') })

/** A new route. `secret` signs what a webhook gets, and is in this answer only. */
const madeRoute = routeSchema.extend({
  secret: z
    .string()
    .nullable()
    .describe(
      'The secret of the signatures of a webhook, shown only here; null: the caller gave it, or another kind.',
    ),
})

/** `alertRoute.*`: where people receive alerts. Secrets of addresses are stored encrypted and never returned. */
export const alertRouteRouter = router({
  /** Lists the alert routes, by name, without their secrets. Admins only. */
  list: adminsOnlyProcedure
    .input(noInput)
    .output(z.array(routeSchema))
    .query(({ ctx }) => listRoutes(ctx.fleet)),
  /**
   * Makes an alert route by Slack, Telegram, e-mail or a webhook, which receives alerts that open from now on. Errors: `CONFLICT` (the
   * name is taken), `INVALID_STATE` (ZAPFLEET_SECRET is not set, or there are 20 routes).
   */
  create: adminAct(newRouteInput)
    .output(madeRoute)
    .mutation(({ ctx, input }) => createRoute(ctx.fleet, input)),
  /**
   * Changes the fields of an alert route that are given, and keeps the others, its secrets too. Errors: `NOT_FOUND`, `INVALID_INPUT` (a
   * field of another kind), `INVALID_STATE` (ZAPFLEET_SECRET is not set, or a secret that is kept cannot be opened).
   */
  update: adminAct(routeUpdateInput)
    .output(routeSchema)
    .mutation(({ ctx, input }) => updateRoute(ctx.fleet, input)),
  /** Deletes an alert route; answers it as it was last. Errors: `NOT_FOUND`. */
  delete: adminAct(nameInput)
    .output(routeSchema)
    .mutation(({ ctx, input }) => deleteRoute(ctx.fleet, input)),
  /**
   * Sends a test message by an alert route and answers the result in `lastDelivery`; waits up to 10 seconds. Errors: `NOT_FOUND`,
   * `INVALID_STATE` (ZAPFLEET_SECRET is not set, or its secret cannot be opened).
   */
  test: adminAct(nameInput)
    .meta(SLOW)
    .output(routeSchema)
    .mutation(({ ctx, input }) => testRoute(ctx.fleet, input)),
})
