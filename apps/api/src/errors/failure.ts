import { TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc'
import { FleetError, type FleetErrorCode, type Reason } from '@zapfleet/core'
import { ZodError } from 'zod'
import { BODY_LIMIT_BYTES, LARGE_CALL, SEND_BODY_LIMIT_BYTES } from '../body-limits.ts'
import { BodyTooLarge } from '../read-large-body.ts'
import { inputSentence } from './input-sentence.ts'

/** Any thrown value, read once: what the log and every kind of answer are made of. */
export type Failure = {
  /** The error that the API reports. The message of an UNEXPECTED one is not for callers; its cause is for the log. */
  error: FleetError
  /** The same error as tRPC represents it. */
  trpcError: TRPCError
  /** The HTTP status that tRPC gives it. */
  status: number
  thrown: unknown
}

/** The tRPC code, and with it the HTTP status, of every fleet error. */
const TRPC_CODES: Record<FleetErrorCode, TRPC_ERROR_CODE_KEY> = {
  INVALID_INPUT: 'BAD_REQUEST',
  UNAUTHORIZED: 'UNAUTHORIZED',
  FORBIDDEN: 'FORBIDDEN',
  NOT_FOUND: 'NOT_FOUND',
  CONFLICT: 'CONFLICT',
  INVALID_STATE: 'PRECONDITION_FAILED',
  CONTACT_BLOCKED: 'FORBIDDEN',
  NO_CAPACITY: 'TOO_MANY_REQUESTS',
  RATE_LIMITED: 'TOO_MANY_REQUESTS',
  OVERLOADED: 'SERVICE_UNAVAILABLE',
  EVOLUTION_UNREACHABLE: 'BAD_GATEWAY',
  EVOLUTION_REFUSED: 'BAD_GATEWAY',
  EVOLUTION_MALFORMED: 'BAD_GATEWAY',
  DATABASE_UNAVAILABLE: 'SERVICE_UNAVAILABLE',
  UNEXPECTED: 'INTERNAL_SERVER_ERROR',
}

/** The fleet's code for errors of tRPC's own (path, method, body). A code that is not listed is UNEXPECTED. */
const FLEET_CODES: Partial<Record<TRPC_ERROR_CODE_KEY, FleetErrorCode>> = {
  PARSE_ERROR: 'INVALID_INPUT',
  BAD_REQUEST: 'INVALID_INPUT',
  METHOD_NOT_SUPPORTED: 'INVALID_INPUT',
  PAYLOAD_TOO_LARGE: 'INVALID_INPUT',
  UNSUPPORTED_MEDIA_TYPE: 'INVALID_INPUT',
  NOT_FOUND: 'NOT_FOUND',
}

/** @param input the raw input, whose refused values are shown (shortened) in the message */
export function readFailure(thrown: unknown, input?: unknown): Failure {
  const trpcError = thrown instanceof TRPCError ? withFleetCode(thrown) : trpcErrorOfHttp(thrown)
  const status = getHTTPStatusCodeFromError(trpcError)
  return { error: fleetErrorOf(trpcError, input), trpcError, status, thrown }
}

/** A fleet error as tRPC carries it, with the original as its cause. */
export function trpcErrorOf(error: FleetError): TRPCError {
  return new TRPCError({ code: TRPC_CODES[error.code], message: error.message, cause: error })
}

/** The same error with the code of its cause: tRPC takes every error that a procedure throws for an internal one. */
export function withFleetCode(error: TRPCError): TRPCError {
  return error.cause instanceof FleetError ? trpcErrorOf(error.cause) : error
}

/** The fleet error in an error of tRPC. An UNEXPECTED one has the original as its cause. */
export function fleetErrorOf(error: TRPCError, input: unknown): FleetError {
  const { cause } = error
  if (cause instanceof FleetError) return cause
  const code = FLEET_CODES[error.code]
  if (code === undefined) return new FleetError('UNEXPECTED', error.message, { cause: cause ?? error })
  if (cause instanceof ZodError) return new FleetError(code, inputSentence(cause, input))
  if (cause instanceof SyntaxError) {
    return new FleetError(code, `The input is not valid JSON (${cause.message}). Send an object, such as {}.`)
  }
  return new FleetError(code, withWhatToDo(error.message))
}

/** What to do about tRPC's own errors of a path and a method. */
const ADVICE: readonly [RegExp, string][] = [
  [/^Unsupported \w+-request to /, '. Send GET for a query or subscription, and POST for a mutation.'],
  [
    /^No procedure found on path /,
    '. Expected /trpc/<noun>.<verb>, such as /trpc/reservation.reserve; the documents of /docs name all calls.',
  ],
]

function withWhatToDo(message: string): string {
  const [, advice = ''] = ADVICE.find(([pattern]) => pattern.test(message)) ?? []
  return message + advice
}

/** What Node's reading of a body throws when the client closes the connection. */
function isEndOfClient(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    thrown.message === 'aborted' &&
    'code' in thrown &&
    thrown.code === 'ECONNRESET'
  )
}

/** An error that was thrown before a procedure ran: a FleetError, a refusal of Fastify, or a defect. */
function trpcErrorOfHttp(thrown: unknown): TRPCError {
  if (thrown instanceof FleetError) return trpcErrorOf(thrown)
  if (isEndOfClient(thrown))
    return trpcErrorOf(new FleetError('INVALID_INPUT', 'The connection ended before the body was whole.'))
  const status = (thrown as { statusCode?: unknown } | null)?.statusCode
  if (status === 413)
    return new TRPCError({
      code: 'PAYLOAD_TOO_LARGE',
      message: tooLargeWords(thrown instanceof BodyTooLarge ? thrown.limitBytes : BODY_LIMIT_BYTES),
    })
  if (status === 415)
    return new TRPCError({
      code: 'UNSUPPORTED_MEDIA_TYPE',
      message: 'Only JSON is understood here. Send the header content-type: application/json.',
    })
  if (typeof status !== 'number' || status < 400 || status > 499)
    return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', cause: thrown })
  const words =
    status === 414
      ? 'The path is too long. Send fewer calls in one batch.'
      : `The request was not understood: ${(thrown as Error).message}.`
  return trpcErrorOf(new FleetError('INVALID_INPUT', words))
}

function tooLargeWords(limitBytes: number): string {
  return limitBytes === SEND_BODY_LIMIT_BYTES
    ? `The body is larger than ${limitBytes} bytes. Send a file of up to 16 MiB, or give it by url.`
    : `The body is larger than ${limitBytes} bytes. Send less at a time. A ${LARGE_CALL} that is no part of a batch may have ${SEND_BODY_LIMIT_BYTES} bytes.`
}

/**
 * What `error.data.fleet` holds in every error over tRPC. `availableAt` is an ISO 8601 instant, or null; `nextStep` is what a
 * person does before a repeat can succeed.
 */
export type FleetErrorShape = {
  code: FleetErrorCode
  availableAt?: string | null
  reasons?: Partial<Record<Reason, number>>
  nextStep?: 'activate_licence'
}

/** The part of a fleet error that callers get beside its message. */
export function fleetErrorShape(error: FleetError): FleetErrorShape {
  return {
    code: error.code,
    ...(error.availableAt === undefined ? {} : { availableAt: error.availableAt?.toISOString() ?? null }),
    ...(error.reasons === undefined ? {} : { reasons: error.reasons }),
    ...(error.nextStep === undefined ? {} : { nextStep: error.nextStep }),
  }
}

/** The message a caller gets. Details of an UNEXPECTED error are in the log, under the request id. */
export function callerMessage(error: FleetError, requestId: string): string {
  if (error.code !== 'UNEXPECTED') return error.message
  return `An unexpected error occurred in zapfleet. Its log has the cause under the request id ${requestId}.`
}
