import { initTRPC } from '@trpc/server'
import { type Fleet, FleetError } from '@zapfleet/core'
import { type Caller, type Duty, mayCall, rolesThatMay } from './caller.ts'
import { callerMessage, fleetErrorOf, fleetErrorShape, trpcErrorOf, withKind } from './errors/error-map.ts'

/**
 * What every procedure gets: the fleet, who calls (null: nobody we know), the id under which the log knows the request, and
 * this release.
 */
export type Context = { fleet: Fleet; caller: Caller | null; requestId: string; version: string }

/** How often a quiet stream of events shows that it lives. Proxies cut what is silent for 30 to 60 s. */
const PING_EVERY_MS = 10_000
/** A client that hears nothing for this long, not even a ping, connects anew. */
const SILENT_STREAM_MS = 30_000

const trpc = initTRPC.context<Context>().create({
  // Stacks stay inside, whatever NODE_ENV says.
  isDev: false,
  sse: {
    ping: { enabled: true, intervalMs: PING_EVERY_MS },
    client: { reconnectAfterInactivityMs: SILENT_STREAM_MS },
  },
  errorFormatter({ shape, error, input, ctx }) {
    const fleetError = fleetErrorOf(error, input)
    const requestId = ctx?.requestId ?? 'unknown'
    return {
      ...shape,
      message: callerMessage(fleetError, requestId),
      data: { ...shape.data, fleet: fleetErrorShape(fleetError), requestId },
    }
  },
})

/** Makes a router of procedures. */
export const router = trpc.router

/** The one middleware: lets in whoever may call, and gives errors of core their kind. */
function guarded(forBots: boolean, acts = false) {
  return trpc.procedure.use(async ({ ctx, type, path, next }) => {
    const duty: Duty = { type: acts ? 'mutation' : type, forBots }
    const { caller } = ctx
    if (caller === null) throw trpcErrorOf(new FleetError('UNAUTHORIZED', `${path} needs an API key.`))
    if (!mayCall(caller.role, duty)) {
      const words = `${path} needs a key of role ${rolesThatMay(duty)}; the role of this key is ${caller.role}.`
      throw trpcErrorOf(new FleetError('FORBIDDEN', words))
    }
    const result = await next({ ctx: { caller } })
    return result.ok ? result : { ...result, error: withKind(result.error) }
  })
}

/** A procedure that bots need: open to bots and admins, and to viewers where it changes nothing. */
export const botProcedure = guarded(true)

/** A procedure for people: admins, and viewers where it changes nothing. */
export const adminProcedure = guarded(false)

/** A subscription that acts, or shows what only who acts may see: admins. */
export const actingProcedure = guarded(false, true)
