import { callTRPCProcedure } from '@trpc/server'
import type { Fleet } from '@zapfleet/core'
import type { FastifyRequest } from 'fastify'
import { canonicalAddress } from './network/address.ts'
import type { Context } from './procedure.ts'
import { procedureContract } from './procedure-contract.ts'
import { appRouter } from './router.ts'

/** The context of a procedure that an HTTP request calls. */
export function contextOf(parts: { fleet: Fleet; version: string }, request: FastifyRequest): Context {
  const caller = request.caller ?? null
  return {
    fleet: parts.fleet,
    caller,
    address: canonicalAddress(request.ip),
    limits: request.server.limits,
    requestId: request.id,
    version: parts.version,
    pools: caller?.pools,
    audit: null,
    call: null,
  }
}

/**
 * Makes the function that calls one procedure for a route outside tRPC. Role check, validation, audit and errors are the
 * procedure's own.
 *
 * @returns a function that answers the procedure's output. It throws what `readInput` throws, and TRPCError.
 */
export function makeProcedureCall(parts: { fleet: Fleet; version: string }, path: string) {
  const { type } = procedureContract(path)
  /** @param readInput is called after the role check: a caller that may not call learns nothing about its input */
  return async (request: FastifyRequest, readInput: () => unknown): Promise<unknown> => {
    let unreadable: { error: unknown } | null = null
    try {
      return await callTRPCProcedure({
        router: appRouter,
        path,
        getRawInput: async () => {
          try {
            return readInput()
          } catch (error) {
            unreadable = { error }
            throw error
          }
        },
        ctx: contextOf(parts, request),
        type,
        signal: undefined,
        batchIndex: 0,
      })
    } catch (error) {
      throw (unreadable as { error: unknown } | null)?.error ?? error
    }
  }
}
