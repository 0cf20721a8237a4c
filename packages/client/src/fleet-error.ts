import { TRPCClientError } from '@trpc/client'
import type { FleetRouter } from './router.ts'

/** Error codes of the API, in the order of its documentation. */
const SERVER_ERROR_CODES = [
  'INVALID_INPUT',
  'UNAUTHORIZED',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'INVALID_STATE',
  'CONTACT_BLOCKED',
  'NO_CAPACITY',
  'RATE_LIMITED',
  'OVERLOADED',
  'EVOLUTION_UNREACHABLE',
  'EVOLUTION_REFUSED',
  'EVOLUTION_MALFORMED',
  'DATABASE_UNAVAILABLE',
  'UNEXPECTED',
] as const

/** Error codes of the API. */
export type ServerErrorCode = (typeof SERVER_ERROR_CODES)[number]

/**
 * Every error code: those of the API (the table in the README), and those of the client:
 *
 * - `UNREACHABLE`: no answer of zapfleet: connection refused or reset, no such host, or a gateway without a server behind it;
 * - `TIMEOUT`: no answer in time;
 * - `MALFORMED_ANSWER`: the answer is not from zapfleet (a proxy's page, another server);
 * - `ABORTED`: your own signal ended the call;
 * - `NOT_SENT`: of `withInstance`: certainly not sent, by none of the numbers in `tried`; sending it again is safe;
 * - `MAYBE_SENT`: of `withInstance` and of sending by Evolution: unknown; sending it again is not safe.
 */
export type FleetErrorCode =
  | ServerErrorCode
  | 'UNREACHABLE'
  | 'TIMEOUT'
  | 'MALFORMED_ANSWER'
  | 'ABORTED'
  | 'NOT_SENT'
  | 'MAYBE_SENT'

/** Why a number cannot serve. */
export type Reason =
  | 'EXCLUDED'
  | 'OTHER_POOL'
  | 'BANNED'
  | 'DISCONNECTED'
  | 'CONNECTING'
  | 'UNKNOWN'
  | 'PAUSED'
  | 'DUPLICATE_PHONE'
  | 'NOT_DELIVERING'
  | 'DRAINING'
  | 'OUTSIDE_HOURS'
  | 'DAILY_LIMIT'
  | 'HOURLY_LIMIT'
  | 'RESTRICTED'
  | 'NEW_CONTACT_LIMIT'
  | 'PACING'

/** What a person does before a repeat can succeed. `activate_licence`: in the manager of Evolution. */
export type ErrorNextStep = 'activate_licence'

/** A number by which `withInstance` tried to send, and why that failed. */
export type Tried = { instanceName: string; reservationId: string; cause: unknown }

export type FleetErrorFacts = {
  cause?: unknown
  availableAt?: Date | null
  reasons?: Partial<Record<Reason, number>>
  nextStep?: ErrorNextStep | null
  requestId?: string | null
  procedure?: string | null
  attempts?: number
  tried?: readonly Tried[]
  answer?: { error: { message: string; code: number; data: object } }
}

// By this, two copies of this package in one program, such as ESM and CJS, recognise each other's errors.
const BRAND = Symbol.for('@zapfleet/client/FleetError')

/**
 * The only error of this client. Switch on `code`; the message is a sentence for people. It is also a TRPCClientError, so code
 * written for tRPC's errors can read it. Neither the error nor its cause holds a key.
 */
export class FleetError extends TRPCClientError<FleetRouter> {
  /** The code to switch on. */
  readonly code: FleetErrorCode
  /** The earliest moment at which the same call may succeed if nothing but time passes; null when time alone does not help, or when it is unknown. */
  readonly availableAt: Date | null
  /** Of `NO_CAPACITY`: how many numbers were refused for each reason. */
  readonly reasons: Partial<Record<Reason, number>>
  /** Of `EVOLUTION_REFUSED`: what a person does before a repeat can succeed; else null. */
  readonly nextStep: ErrorNextStep | null
  /** Id of the request in the server's log; null when no request was made. */
  readonly requestId: string | null
  /** The procedure that was called, such as `reservation.reserve`; null outside of calls. */
  readonly procedure: string | null
  /** How often the call was tried. */
  readonly attempts: number
  /** Of `withInstance`: the numbers that were tried, in order. */
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
    this.nextStep = facts.nextStep ?? null
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

/** Reads a code from the server; an unknown code of a newer server reads as UNEXPECTED. */
export function readServerCode(word: unknown): ServerErrorCode {
  return SERVER_ERROR_CODES.find((code) => code === word) ?? 'UNEXPECTED'
}
