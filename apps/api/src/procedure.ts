import { initTRPC } from '@trpc/server'
import { callOf, type Fleet, type FleetCall, FleetError, type SeenPools } from '@zapfleet/core'
import type { z } from 'zod'
import { beginAudit } from './audit/begin-audit.ts'
import { type Caller, type Duty, mayCall, rolesThatMay } from './caller.ts'
import { withFleetData } from './errors/answers.ts'
import { trpcErrorOf, withFleetCode } from './errors/failure.ts'
import type { LimitKeeper } from './limits/limits.ts'

/**
 * The context of every procedure: the fleet, the caller (null: none) and its address, the id of the request in the log, and this
 * release.
 */
export type Context = {
  fleet: Fleet
  caller: Caller | null
  address: string
  /** The limits of its key in this process. */
  limits: Pick<LimitKeeper, 'read' | 'countRows'>
  requestId: string
  version: string
  /** The pools that the caller is bound to. */
  pools: SeenPools
  /**
   * Whether this call has its row in the audit. The middleware of each procedure sets `audit` and `call`. They are here from the
   * beginning, because V8 copies an object slowly where the copy gets further properties.
   */
  audit: { isWritten: boolean } | null
  call: FleetCall | null
}

/** What clients need of a procedure beside its input and output. */
export type ProcedureMeta = {
  /** Open to bots: see `mayCall`. */
  forBots?: boolean
  /** A query or subscription that is for admins only, as mutations are. */
  adminsOnly?: boolean
  /** Its answer holds nothing of numbers outside the pools of the caller. Keys that are bound to pools may call no other procedure. */
  keepsToPools?: boolean
  /** The call waits for Evolution, or reads whole tables, up to a minute. Clients send it alone, with a longer timeout. */
  isSlow?: boolean
  /** A query about a person, which may be sent by POST too: proxies and gateways log addresses, which contain the input of a GET. */
  postable?: boolean
  /** A mutation whose repetition changes nothing (of `reserve`: with an idempotency key). Clients repeat it after a lost answer. */
  repeatable?: boolean
}

/** `meta` of a call that waits for Evolution or reads whole tables. */
export const SLOW: ProcedureMeta = { isSlow: true }
/** `meta` of a mutation that clients may repeat. */
export const REPEATABLE: ProcedureMeta = { repeatable: true }
/** `meta` of a query about a person: see `ProcedureMeta.postable`. */
export const POSTABLE: ProcedureMeta = { postable: true }
/** `meta` of a call that keys which are bound to pools may make: see `ProcedureMeta.keepsToPools`. */
export const IN_POOLS: ProcedureMeta = { keepsToPools: true }

/** How often a stream without events sends a ping. Proxies close connections that are silent for 30 to 60 s. */
const PING_EVERY_MS = 10_000
/** A client connects again after this time without an event or a ping. */
const SILENT_STREAM_MS = 30_000

const trpc = initTRPC
  .context<Context>()
  .meta<ProcedureMeta>()
  .create({
    // No stacks in answers, whatever NODE_ENV is.
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

/** The middleware of every procedure: checks the role and the pools of the key, limits reads, and gives errors of core their tRPC code. */
function guarded(access: { forBots?: boolean; adminsOnly?: boolean }) {
  const { forBots = false, adminsOnly = false } = access
  return trpc.procedure.meta(access).use(async ({ ctx, type, path, meta, getRawInput, next }) => {
    const duty: Duty = { type, forBots, adminsOnly }
    const { caller, pools } = ctx
    if (caller === null) throw trpcErrorOf(new FleetError('UNAUTHORIZED', `${path} needs an API key.`))
    if (!mayCall(caller.role, duty)) {
      const words = `${path} needs a key of role ${rolesThatMay(duty).join(' or ')}; the role of this key is ${caller.role}.`
      throw trpcErrorOf(new FleetError('FORBIDDEN', words))
    }
    if (pools !== undefined && !meta?.keepsToPools) throw trpcErrorOf(notForBoundKeys(path, duty))
    const audit = { isWritten: false }
    // Calls of bots are the hot path and write no log lines.
    const call = callOf(ctx.fleet, forBots ? undefined : ctx.requestId)
    const run = () => next({ ctx: { caller, audit, call } })
    const result =
      type === 'query'
        ? await ctx.limits.read(caller, path, await getRawInput(), run).catch(throwWithCode)
        : await run()
    if (result.ok && Array.isArray(result.data)) ctx.limits.countRows(caller, result.data.length)
    if (!result.ok) return { ...result, error: withFleetCode(result.error) }
    if (type === 'mutation' && !forBots && !audit.isWritten)
      throw new Error(`${path}: expected a row in the audit before the act, got none. Make it of adminAct.`)
    return isStream(result.data) ? { ...result, data: streamWithCodes(result.data) } : result
  })
}

function notForBoundKeys(path: string, duty: Duty): FleetError {
  const words = `${path} concerns the whole fleet, and the key of this call is bound to pools. It needs a key of role ${rolesThatMay(duty).join(' or ')} that is not bound.`
  return new FleetError('FORBIDDEN', words)
}

function throwWithCode(error: unknown): never {
  throw error instanceof FleetError ? trpcErrorOf(error) : error
}

function isStream(data: unknown): data is AsyncIterable<unknown> {
  return typeof data === 'object' && data !== null && Symbol.asyncIterator in data
}

/** Gives errors that end a stream their tRPC code; tRPC does not pass them to the middleware. */
async function* streamWithCodes(stream: AsyncIterable<unknown>): AsyncGenerator<unknown, void> {
  try {
    yield* stream
  } catch (error) {
    throwWithCode(error)
  }
}

/** A procedure for bots and admins, and for viewers where it changes nothing. */
export const botProcedure = guarded({ forBots: true })

/** A query or a subscription for viewers and admins. */
export const adminProcedure = guarded({})

/** A query for admins only. */
export const adminsOnlyProcedure = guarded({ adminsOnly: true })

/**
 * A mutation, or a subscription that acts, for admins only. Each call with a valid input is a row in the audit, which is written
 * before the act.
 */
export function adminAct<Input extends z.ZodType>(input: Input) {
  return audited({ adminsOnly: true }, input)
}

/** A mutation for bots and admins that decides about a person. Calls of admins are rows in the audit, as those of `adminAct`. */
export function botAct<Input extends z.ZodType>(input: Input) {
  return audited({ forBots: true }, input)
}

function audited<Input extends z.ZodType>(roles: Parameters<typeof guarded>[0], input: Input) {
  return guarded(roles)
    .input(input)
    .use(async ({ ctx, path, input: given, next }) => {
      if (ctx.caller.role !== 'admin') return next()
      const end = await beginAudit(ctx.call, ctx, path, given)
      ctx.audit.isWritten = true
      const result = await next()
      await end(result.ok ? { answer: result.data } : { error: result.error.cause ?? result.error })
      return result
    })
}
