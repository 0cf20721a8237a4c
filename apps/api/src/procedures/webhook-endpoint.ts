import {
  createEndpoint,
  deleteEndpoint,
  endpointName,
  endpointSchema,
  listEndpoints,
  newEndpointInput,
  testEndpoint,
} from '@zapfleet/core'
import { z } from 'zod'
import { adminAct, adminsOnlyProcedure, router, SLOW } from '../procedure.ts'
import { noInput } from './fields.ts'

const nameInput = z.strictObject({ name: endpointName.describe('Name of the endpoint.') })

/** A new endpoint. `secret` signs what is posted, and is in this answer only. */
const madeEndpoint = endpointSchema.extend({
  secret: z
    .string()
    .nullable()
    .describe('The secret of the signatures, shown only here; null: the caller gave it.'),
})

/** `webhookEndpoint.*`: addresses of programs to which events are posted. */
export const webhookEndpointRouter = router({
  /** Lists the webhook endpoints, by name, without their secrets. Admins only. */
  list: adminsOnlyProcedure
    .input(noInput)
    .output(z.array(endpointSchema))
    .query(({ ctx }) => listEndpoints(ctx.fleet)),
  /**
   * Makes a webhook endpoint: events from now on are posted there, signed as Standard Webhooks describes. Errors: `CONFLICT` (the name is
   * taken), `INVALID_STATE` (ZAPFLEET_SECRET is not set, or there are 20 endpoints).
   */
  create: adminAct(newEndpointInput)
    .output(madeEndpoint)
    .mutation(({ ctx, input }) => createEndpoint(ctx.fleet, input)),
  /** Deletes a webhook endpoint; answers it as it was last. Errors: `NOT_FOUND`. */
  delete: adminAct(nameInput)
    .output(endpointSchema)
    .mutation(({ ctx, input }) => deleteEndpoint(ctx.fleet, input)),
  /**
   * Posts an event of type `test` to a webhook endpoint and answers the result in `lastDelivery`; waits up to 15 seconds. Errors:
   * `NOT_FOUND`, `INVALID_STATE` (its secret cannot be opened).
   */
  test: adminAct(nameInput)
    .meta(SLOW)
    .output(endpointSchema)
    .mutation(({ ctx, input }) => testEndpoint(ctx.fleet, input)),
})
