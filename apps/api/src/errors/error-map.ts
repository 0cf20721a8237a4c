import { TRPCError } from '@trpc/server'
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc'
import { FleetError, type FleetErrorCode, type Reason } from '@zapfleet/core'
import { ZodError } from 'zod'
import { inputSentence } from './input-sentence.ts'

/** The tRPC kind, and with it the HTTP status, of every fleet error. The one place where the two meet. */
const ERROR_KINDS: Record<FleetErrorCode, TRPC_ERROR_CODE_KEY> = {
  INVALID_INPUT: 'BAD_REQUEST',
  UNAUTHORIZED: 'UNAUTHORIZED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  INVALID_STATE: 'PRECONDITION_FAILED',
  NO_CAPACITY: 'TOO_MANY_REQUESTS',
  RATE_LIMITED: 'TOO_MANY_REQUESTS',
  OVERLOADED: 'SERVICE_UNAVAILABLE',
  EVOLUTION_UNREACHABLE: 'BAD_GATEWAY',
  EVOLUTION_REFUSED: 'BAD_GATEWAY',
  EVOLUTION_MALFORMED: 'BAD_GATEWAY',
  DATABASE_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  UNEXPECTED: 'INTERNAL_SERVER_ERROR',
}

/** tRPC's own refusals (of a path, a method, a body) in the fleet's words; whatever is not here is UNEXPECTED. */
const REFUSALS: Partial<Record<TRPC_ERROR_CODE_KEY, FleetErrorCode>> = {
  PARSE_ERROR: 'INVALID_INPUT',
  BAD_REQUEST: 'INVALID_INPUT',
  METHOD_NOT_SUPPORTED: 'INVALID_INPUT',
  PAYLOAD_TOO_LARGE: 'INVALID_INPUT',
  UNSUPPORTED_MEDIA_TYPE: 'INVALID_INPUT',
  NOT_FOUND: 'NOT_FOUND',
}

/** What `error.data.fleet` holds on every error of the tRPC door. `availableAt` is an ISO 8601 instant, or null. */
export type FleetErrorShape = {
  code: FleetErrorCode
  availableAt?: string | null
  reasons?: Partial<Record<Reason, number>>
}

/** A fleet error as tRPC carries it, the original kept as its cause. */
export function trpcErrorOf(error: FleetError): TRPCError {
  return new TRPCError({ code: ERROR_KINDS[error.code], message: error.message, cause: error })
}

/** The same error, its kind corrected where a procedure threw a FleetError (tRPC takes all throws for internal ones). */
export function withKind(error: TRPCError): TRPCError {
  return error.cause instanceof FleetError ? trpcErrorOf(error.cause) : error
}

/**
 * The fleet error behind any error of the tRPC door. `input` is the raw input, shown (shortened) where it was refused.
 * An UNEXPECTED one keeps its cause for the log; its message is not for callers.
 */
export function fleetErrorOf(error: TRPCError, input: unknown): FleetError {
  const { cause } = error
  if (cause instanceof FleetError) return cause
  const code = REFUSALS[error.code]
  if (code === undefined) return new FleetError('UNEXPECTED', error.message, { cause: cause ?? error })
  if (cause instanceof ZodError) return new FleetError(code, inputSentence(cause, input))
  if (cause instanceof SyntaxError) {
    return new FleetError(code, `The input is not valid JSON (${cause.message}). Send an object, such as {}.`)
  }
  return new FleetError(code, error.message)
}

/** What of a fleet error goes to the caller beside its message. */
export function fleetErrorShape(error: FleetError): FleetErrorShape {
  return {
    code: error.code,
    ...(error.availableAt === undefined ? {} : { availableAt: error.availableAt?.toISOString() ?? null }),
    ...(error.reasons === undefined ? {} : { reasons: error.reasons }),
  }
}

/** The message a caller sees. What failed inside stays inside: the request id leads an operator to it. */
export function callerMessage(error: FleetError, requestId: string): string {
  if (error.code !== 'UNEXPECTED') return error.message
  return `Something failed inside zapfleet that should not have. Its log tells more under the request id ${requestId}.`
}
