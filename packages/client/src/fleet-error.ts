import { TRPCClientError } from '@trpc/client'
import type { FleetRouter } from './router.ts'

/** What zapfleet itself says: the codes of its API, in the order of its documentation. */
const SERVER_ERROR_CODES = [
  'INVALID_INPUT',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'INVALID_STATE',
  'NO_CAPACITY',
  'RATE_LIMITED',
  'OVERLOADED',
  'EVOLUTION_UNREACHABLE',
  'EVOLUTION_REFUSED',
  'EVOLUTION_MALFORMED',
  'DATABASE_UNAVAILABLE',
  'UNEXPECTED',
] as const

/** The codes that zapfleet itself answers. */
export type ServerErrorCode = (typeof SERVER_ERROR_CODES)[number]

/**
 * Every way in which a call ends badly. Beside what zapfleet says (the table in the README), what only a client knows:
 *
 * - `UNREACHABLE`: no answer of zapfleet came: refused, reset, no such host, or a gateway that has nobody behind it;
 * - `TIMEOUT`: none came in time;
 * - `MALFORMED_ANSWER`: something else than zapfleet answered (a proxy's page, another server);
 * - `ABORTED`: your own signal ended the call;
 * - `NOT_SENT`: of `withInstance`: surely not sent, by none of the numbers in `tried`; sending it again is safe;
 * - `MAYBE_SENT`: of `withInstance` and of sending by Evolution: nobody knows; sending it again is not.
 */
export type FleetErrorCode =
  | ServerErrorCode
  | 'UNREACHABLE'
  | 'TIMEOUT'
  | 'MALFORMED_ANSWER'
  | 'ABORTED'
  | 'NOT_SENT'
  | 'MAYBE_SENT'

/** Why one number cannot serve. */
export type Reason =
  | 'EXCLUDED'
  | 'BANNED'
  | 'DISCONNECTED'
  | 'CONNECTING'
  | 'UNKNOWN'
  | 'PAUSED'
  | 'DUPLICATE_PHONE'
  | 'DAILY_LIMIT'
  | 'HOURLY_LIMIT'

/** A number by which `withInstance` tried to send, and why that failed. */
export type Tried = { instanceName: string; reservationId: string; cause: unknown }

export type FleetErrorFacts = {
  cause?: unknown
  availableAt?: Date | null
  reasons?: Partial<Record<Reason, number>>
  requestId?: string | null
  procedure?: string | null
  attempts?: number
  tried?: readonly Tried[]
  answer?: { error: { message: string; code: number; data: object } }
}

// Two copies of this package in one program (ESM and CJS, say) know each other's errors by this.
const BRAND = Symbol.for('@zapfleet/client/FleetError')

/**
 * The one error of this client. Switch on `code`; the message is a sentence for people. It is a TRPCClientError as well,
 * so that code written for tRPC's errors reads it. Neither it nor its cause holds a key.
 */
export class FleetError extends TRPCClientError<FleetRouter> {
  /** What a program switches on. */
  readonly code: FleetErrorCode
  /** The earliest moment at which the same call may succeed, if nothing but time passes; null when time alone does not help, or nobody knows. */
  readonly availableAt: Date | null
  /** Of `NO_CAPACITY`: how many numbers were refused for each reason. */
  readonly reasons: Partial<Record<Reason, number>>
  /** Under this id the server's log knows the request; null when none was made. */
  readonly requestId: string | null
  /** The procedure that was called, such as `reservation.reserve`; null outside of calls. */
  readonly procedure: string | null
  /** How often the call was tried. */
  readonly attempts: number
  /** Of `withInstance`: the numbers that were tried, in their order. */
  readonly tried: readonly Tried[]

  constructor(code: FleetErrorCode, message: string, facts: FleetErrorFacts = {}) {
    super(message, {
      ...(facts.cause === undefined ? {} : { cause: facts.cause as Error }),
      ...(facts.answer === undefined ? {} : { result: facts.answer as never }),
    })
    // TRPCClientError sets its own prototype.
    Object.setPrototypeOf(this, new.target.prototype)
    this.name = 'FleetError'
    this.code = code
    this.availableAt = facts.availableAt ?? null
    this.reasons = facts.reasons ?? {}
    this.requestId = facts.requestId ?? null
    this.procedure = facts.procedure ?? null
    this.attempts = facts.attempts ?? 1
    this.tried = facts.tried ?? []
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/**
 * Whether this is an error of this client, and of one of these codes where some are given:
 * `if (isFleetError(error, 'NO_CAPACITY')) waitUntil(error.availableAt)`.
 */
export function isFleetError<Code extends FleetErrorCode = FleetErrorCode>(
  error: unknown,
  ...codes: Code[]
): error is FleetError & { readonly code: Code } {
  if (typeof error !== 'object' || error === null || !(BRAND in error)) return false
  return codes.length === 0 || codes.includes((error as unknown as FleetError).code as Code)
}

/** Reads a code that a server sent; a word of a newer server counts as UNEXPECTED. */
export function readServerCode(word: unknown): ServerErrorCode {
  return SERVER_ERROR_CODES.find((code) => code === word) ?? 'UNEXPECTED'
}
