import { getTRPCErrorShape, TRPCError, type TRPCProcedureType } from '@trpc/server'
import { FleetError } from '@zapfleet/core'
import type { Context } from '../procedure.ts'
import { appRouter } from '../router.ts'
import { trpcErrorOf } from './error-map.ts'

/** The largest body the API reads, in bytes. A batch of 250 reserves is a tenth of it. */
export const BODY_LIMIT_BYTES = 1_048_576

/** How the HTTP layer refused, in words for a caller; null when it did not refuse but failed. */
export function refusalOf(error: unknown): FleetError | null {
  if (error instanceof FleetError) return error
  const status = (error as { statusCode?: unknown }).statusCode
  if (status === 413) {
    return new FleetError(
      'INVALID_INPUT',
      `The body is larger than ${BODY_LIMIT_BYTES} bytes. Send less at a time.`,
    )
  }
  if (status === 415) {
    return new FleetError(
      'INVALID_INPUT',
      'Only JSON is understood here. Send the header content-type: application/json.',
    )
  }
  if (status === 414)
    return new FleetError('INVALID_INPUT', 'The path is too long. Send fewer calls in one batch.')
  if (typeof status !== 'number' || status < 400 || status > 499) return null
  return new FleetError('INVALID_INPUT', `The request was not understood: ${(error as Error).message}.`)
}

const REFUSAL_KINDS = { 413: 'PAYLOAD_TOO_LARGE', 415: 'UNSUPPORTED_MEDIA_TYPE' } as const

/** Any error from before a procedure ran (no key, too large, not JSON), as the tRPC error it is answered with. */
export function trpcRefusal(error: unknown): TRPCError {
  if (error instanceof TRPCError) return error
  const refusal = refusalOf(error)
  if (refusal === null) return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: error })
  const kind = REFUSAL_KINDS[(error as { statusCode?: 413 | 415 }).statusCode ?? 413]
  if (error instanceof FleetError || kind === undefined) return trpcErrorOf(refusal)
  return new TRPCError({ code: kind, message: refusal.message })
}

/** A call that was refused; of one that never reached a procedure only the error is known. */
export type RefusedCall = {
  error: TRPCError
  path?: string | undefined
  type?: TRPCProcedureType | 'unknown'
  input?: unknown
}

/** Status and body of such an error, in the very shape in which procedures answer theirs. */
export function trpcRefusalAnswer({ error, path, type = 'unknown', input }: RefusedCall, ctx: Context) {
  const config = appRouter._def._config
  const shape = getTRPCErrorShape({ config, error, type, path, input, ctx })
  return { status: shape.data.httpStatus, body: { error: shape } }
}
