/** The code of every error. A closed list: callers may switch on it. */
export const FLEET_ERROR_CODES = [
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

export type FleetErrorCode = (typeof FLEET_ERROR_CODES)[number]

/** Why one instance cannot serve: the first that applies, in this order. */
export const REASONS = [
  'EXCLUDED',
  'OTHER_POOL',
  'BANNED',
  'DISCONNECTED',
  'CONNECTING',
  'UNKNOWN',
  'PAUSED',
  'DUPLICATE_PHONE',
  'NOT_DELIVERING',
  'DRAINING',
  'OUTSIDE_HOURS',
  'DAILY_LIMIT',
  'HOURLY_LIMIT',
  'RESTRICTED',
  'NEW_CONTACT_LIMIT',
  'PACING',
] as const

export type Reason = (typeof REASONS)[number]

/**
 * Why an instance cannot be created or changed: its name is `registered` here, it is `foreign` (on Evolution and not registered)
 * or `phoneless` (the same, of an integration without a phone), it is `leaving` (deleted, and still on Evolution), it is `busy` with another call, or its `phone` is another instance's.
 */
export type InstanceConflict = 'registered' | 'foreign' | 'phoneless' | 'leaving' | 'busy' | 'phone'

type FleetErrorDetails = {
  cause?: unknown
  /** With CONFLICT over an instance: which kind. */
  conflict?: InstanceConflict
  /** What a person does before a repeat can succeed, as a code of `NEXT_STEPS`; with EVOLUTION_REFUSED. */
  nextStep?: 'activate_licence'
  /** With a create that failed: the instance is registered here nevertheless, and the next call continues from there. */
  isRegistered?: boolean
  /** The earliest instant at which a retry succeeds if nothing but time passes; null: time alone does not help. */
  availableAt?: Date | null
  /** How many instances were refused for each reason. */
  reasons?: Partial<Record<Reason, number>>
}

/** The one error that core throws on purpose. The message is for people and holds no secret. */
export class FleetError extends Error {
  override readonly name = 'FleetError'
  readonly code: FleetErrorCode
  readonly availableAt: Date | null | undefined
  readonly reasons: Partial<Record<Reason, number>> | undefined
  readonly conflict: InstanceConflict | undefined
  readonly isRegistered: boolean
  readonly nextStep: 'activate_licence' | undefined

  constructor(code: FleetErrorCode, message: string, details: FleetErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.availableAt = details.availableAt
    this.reasons = details.reasons
    this.conflict = details.conflict
    this.nextStep = details.nextStep
    this.isRegistered = details.isRegistered ?? false
  }
}

/** The error with a further sentence. An error of another class stays as it is. */
export function withAdvice(
  error: unknown,
  advice: string,
  details: Pick<FleetErrorDetails, 'isRegistered'> = {},
): unknown {
  if (!(error instanceof FleetError)) return error
  const { code, message, cause, nextStep } = error
  return new FleetError(code, `${message} ${advice}`, {
    cause,
    ...details,
    ...(nextStep === undefined ? {} : { nextStep }),
  })
}
