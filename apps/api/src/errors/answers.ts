import type { TRPCDefaultErrorShape, TRPCError } from '@trpc/server'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import type { FleetError, FleetErrorCode } from '@zapfleet/core'
import { callerMessage, fleetErrorOf, fleetErrorShape } from './failure.ts'
import type { Renderer } from './refuse.ts'

/** Over REST: `{ error: { code, message, availableAt?, reasons?, nextStep?, requestId } }`. */
export const restAnswer: Renderer = ({ error, status }, { requestId, nowMs }) => {
  const { code, ...known } = fleetErrorShape(error)
  return {
    status,
    headers: retryAfter(error, nowMs),
    body: { error: { code, message: callerMessage(error, requestId), ...known, requestId } },
  }
}

/** Over tRPC, for errors from before a procedure ran. The body has the shape that tRPC gives errors of procedures. */
export const trpcAnswer: Renderer = ({ error, trpcError, status }, { requestId, nowMs }) => ({
  status,
  // tRPC's clients read `availableAt`; the header is for proxies and only with limits.
  headers: error.code === 'RATE_LIMITED' ? retryAfter(error, nowMs) : {},
  body: { error: trpcErrorBody({ error: trpcError, status, requestId }) },
})

/** Over tRPC, for errors of a procedure whose answer the adapter does not make. */
export function procedureErrorAnswer(refused: {
  error: TRPCError
  path: string | undefined
  input: unknown
  status: number
  requestId: string
}): { status: number; body: object } {
  return { status: refused.status, body: { error: trpcErrorBody(refused) } }
}

/** Adds to tRPC's own error shape what zapfleet's clients read: `data.fleet` and `data.requestId`. */
export function withFleetData(
  shape: TRPCDefaultErrorShape,
  { error, input, requestId }: { error: TRPCError; input: unknown; requestId: string },
) {
  const fleetError = fleetErrorOf(error, input)
  return {
    ...shape,
    message: callerMessage(fleetError, requestId),
    data: { ...shape.data, fleet: fleetErrorShape(fleetError), requestId },
  }
}

function trpcErrorBody(about: {
  error: TRPCError
  status: number
  requestId: string
  path?: string | undefined
  input?: unknown
}) {
  const { error, status, path, input, requestId } = about
  const data = { code: error.code, httpStatus: status, ...(path === undefined ? {} : { path }) }
  const shape = { message: error.message, code: TRPC_ERROR_CODES_BY_KEY[error.code], data }
  return withFleetData(shape, { error, input, requestId })
}

/** Errors that pass without the caller's doing, and after how many seconds a retry is worth it. */
const RETRY_SECONDS: Partial<Record<FleetErrorCode, number>> = { OVERLOADED: 1, DATABASE_UNAVAILABLE: 2 }

/** The header Retry-After of an error; empty when no moment is known. */
export function retryAfter(error: FleetError, nowMs: number): Record<string, string> {
  const seconds = error.availableAt
    ? Math.max(1, Math.ceil((error.availableAt.getTime() - nowMs) / 1000))
    : RETRY_SECONDS[error.code]
  return seconds === undefined ? {} : { 'retry-after': String(seconds) }
}
