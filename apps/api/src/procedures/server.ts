import {
  addedServerInput,
  addServer,
  addServerInput,
  checkServer,
  listServers,
  removeServer,
  serverNameInput,
  updateServer,
  updateServerInput,
} from '@zapfleet/core'
import { z } from 'zod'
import { adminAct, adminsOnlyProcedure, router, SLOW } from '../procedure.ts'
import { noInput } from './fields.ts'
import { coverage, serverState } from './fleet.ts'

const server = serverState.extend({
  name: z.string().describe('Its name; `default` is the one of EVOLUTION_API_URL.'),
  url: z.string().describe('Its address.'),
  version: z.string().nullable().describe('Version of Evolution; null when unknown.'),
  licensed: z.boolean().describe('false: its licence is not activated, so it refuses every call.'),
  numbers: z
    .number()
    .describe('How many instances it has, or receives by a move; one that moves counts on both servers.'),
  events: coverage.describe('How the fleet learns what became of the messages of its instances.'),
})

/** `server.*`: the Evolution API servers. Their keys leave no call. */
export const serverRouter = router({
  /** Lists the Evolution servers, the default one first; calls each, so it may take seconds. Admins only. */
  list: adminsOnlyProcedure
    .meta(SLOW)
    .input(noInput)
    .output(z.array(server))
    .query(({ ctx }) => listServers(ctx.call)),
  /**
   * Adds an Evolution server, after it answered and accepted the key. Errors: `CONFLICT` (the name or the address is taken),
   * `EVOLUTION_UNREACHABLE`, `EVOLUTION_REFUSED`, `INVALID_STATE` (ZAPFLEET_SECRET is not set).
   */
  add: adminAct(addServerInput)
    .meta(SLOW)
    .output(server)
    .mutation(({ ctx, input }) => addServer(ctx.call, input)),
  /**
   * Changes address or key of a server, after it answered with them. A new address must have the numbers of the server. Errors: `NOT_FOUND`,
   * `CONFLICT` (another Evolution), and those of `add`.
   */
  update: adminAct(updateServerInput)
    .meta(SLOW)
    .output(server)
    .mutation(({ ctx, input }) => updateServer(ctx.call, input)),
  /** Removes a server without instances, and answers how it was; changes nothing on it. Errors: `NOT_FOUND`, `CONFLICT` (it has instances, or had one minutes ago). */
  remove: adminAct(addedServerInput)
    .meta(SLOW)
    .output(server)
    .mutation(({ ctx, input }) => removeServer(ctx.call, input)),
  /** Calls a server now and answers how it is. Errors: `NOT_FOUND`. */
  check: adminAct(serverNameInput)
    .meta(SLOW)
    .output(server)
    .mutation(({ ctx, input }) => checkServer(ctx.call, input)),
})
