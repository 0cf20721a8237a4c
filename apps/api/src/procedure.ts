import { initTRPC } from '@trpc/server'
import { callOf, type Fleet, FleetError } from '@zapfleet/core'
import type { z } from 'zod'
import { beginAudit } from './audit/begin-audit.ts'
import { type Caller, type Duty, mayCall, rolesThatMay } from './caller.ts'
import { withFleetData } from './errors/answers.ts'
import { trpcErrorOf, withFleetCode } from './errors/failure.ts'
import type { LimitKeeper } from './limits/limits.ts'

/**
 * What every procedure gets: the fleet, who calls (null: nobody we know) and from where, the id under which the log knows
 * the request, and this release.
 */
export type Context = {
  fleet: Fleet
  caller: Caller | null
  address: string
  /** What its key may do in this process. */
  limits: Pick<LimitKeeper, 'read' | 'countRows'>
  requestId: string
  version: string
}

/** What other programs must know of a procedure beside its input and output. */
export type ProcedureMeta = {
  /** Open to bots: see `mayCall`. */
  forBots?: boolean
  /** A query or subscription that is for admins only, as mutations are. */
  adminsOnly?: boolean
  /** The call waits for Evolution, up to a minute. Clients send it alone, with a longer timeout. */
  waitsForEvolution?: boolean
  /** A mutation whose repetition changes nothing (of `reserve`: with an idempotency key). Clients repeat it after a lost answer. */
  repeatable?: boolean
}

/** `meta` of a call that waits for Evolution. */
export const WAITS_FOR_EVOLUTION: ProcedureMeta = { waitsForEvolution: true }
/** `meta` of a mutation that clients may repeat. */
export const REPEATABLE: ProcedureMeta = { repeatable: true }

/** How often a quiet stream of events shows that it lives. Proxies cut what is silent for 30 to 60 s. */
const PING_EVERY_MS = 10_000
/** A client that hears nothing for this long, not even a ping, connects anew. */
const SILENT_STREAM_MS = 30_000

const trpc = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    // Stacks stay inside, whatever NODE_ENV says.
    isDev: false,
    sse: {
      ping: { enabled: true, intervalMs: PING_EVERY_MS },
      client: { reconnectAfterInactivityMs: SILENT_STREAM_MS },
    },
    errorFormatter: ({ shape, error, input, ctx }) =>
      withFleetData(shape, { error, input, requestId: ctx?.requestId ?? 'unknown' }),
  })

/** Makes a router of procedures. */
export const router = trpc.router

/** The one middleware: lets in whoever may call, and gives errors of core their kind. */
function guarded(access: { forBots?: boolean; adminsOnly?: boolean }) {
  const { forBots = false, adminsOnly = false } = access
  return trpc.procedure.meta(access).use(async ({ ctx, type, path, getRawInput, next }) => {
    const duty: Duty = { type, forBots, adminsOnly }
    const { caller } = ctx
    if (caller === null) throw trpcErrorOf(new FleetError('UNAUTHORIZED', `${path} needs an API key.`))
    if (!mayCall(caller.role, duty)) {
      const words = `${path} needs a key of role ${rolesThatMay(duty).join(' or ')}; the role of this key is ${caller.role}.`
      throw trpcErrorOf(new FleetError('FORBIDDEN', words))
    }
    const audit = { isWritten: false }
    // Procedures for bots are the hot path, and write no log line of their own.
    const call = callOf(ctx.fleet, forBots ? undefined : ctx.requestId)
    const run = () => next({ ctx: { caller, audit, call } })
    const result =
      type === 'query'
        ? await ctx.limits.read(caller, path, await getRawInput(), run).catch(throwWithCode)
        : await run()
    if (result.ok && Array.isArray(result.data)) ctx.limits.countRows(caller, result.data.length)
    if (!result.ok) return { ...result, error: withFleetCode(result.error) }
    if (type === 'mutation' && !forBots && !audit.isWritten)
      throw new Error(`${path} acted without a row in the audit: make it of adminAct`)
    return isStream(result.data) ? { ...result, data: streamWithCodes(result.data) } : result
  })
}

function throwWithCode(error: unknown): never {
  throw error instanceof FleetError ? trpcErrorOf(error) : error
}

function isStream(data: unknown): data is AsyncIterable<unknown> {
  return typeof data === 'object' && data !== null && Symbol.asyncIterator in data
}

/** Errors that end a stream get their kind as well; tRPC passes them by the middleware. */
async function* streamWithCodes(stream: AsyncIterable<unknown>): AsyncGenerator<unknown, void> {
  try {
    yield* stream
  } catch (error) {
    throwWithCode(error)
  }
}

/** A procedure that bots need: open to bots and admins, and to viewers where it changes nothing. */
export const botProcedure = guarded({ forBots: true })

/** A query or a subscription for people: admins and viewers. */
export const adminProcedure = guarded({})

/** A query that shows what only admins may see. */
export const actingProcedure = guarded({ adminsOnly: true })

/**
 * A mutation, or a subscription that acts: admins only, and each call that has the right input leaves a row in the audit,
 * written before anything is done.
 */
export function adminAct<Input extends z.ZodType>(input: Input) {
  return guarded({ adminsOnly: true })
    .input(input)
    .use(async ({ ctx, path, input: given, next }) => {
      const end = await beginAudit(ctx.call, ctx, path, given)
      ctx.audit.isWritten = true
      const result = await next()
      await end(result.ok ? { answer: result.data } : { error: result.error.cause ?? result.error })
      return result
    })
}
