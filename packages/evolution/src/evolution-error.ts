/**
 * `EVOLUTION_UNREACHABLE`: no answer (down, timeout, broken connection, gateway error). `EVOLUTION_REFUSED`: Evolution said
 * no. `EVOLUTION_MALFORMED`: something answered that does not speak as Evolution does.
 */
export type EvolutionErrorCode = 'EVOLUTION_UNREACHABLE' | 'EVOLUTION_REFUSED' | 'EVOLUTION_MALFORMED'

/** Why Evolution said no. `invalid` also covers names and numbers refused here before calling. */
export type Refusal = 'name_taken' | 'not_found' | 'unauthorized' | 'not_connected' | 'invalid' | 'other'

/**
 * The one error of this package. Its message and words carry no key, token, QR code or phone number; it has no `cause`,
 * because what lies below may hold headers.
 */
export class EvolutionError extends Error {
  readonly code: EvolutionErrorCode
  /** The call's name, as in the interface `Evolution`. */
  readonly call: string
  readonly instanceName: string | undefined
  /** The HTTP status, when there was an answer. */
  readonly status: number | undefined
  /** Set when, and only when, `code` is `EVOLUTION_REFUSED`. */
  readonly refusal: Refusal | undefined
  /** What came, redacted, at most 300 characters. */
  readonly words: string | undefined
  /**
   * True when the request may have been carried out all the same: it was sent, it acts, and what came back does not rule
   * it out. False for calls that merely read.
   */
  readonly maybeActed: boolean

  constructor(facts: {
    code: EvolutionErrorCode
    message: string
    call: string
    instanceName?: string | undefined
    status?: number | undefined
    refusal?: Refusal | undefined
    words?: string | undefined
    maybeActed: boolean
  }) {
    super(facts.message)
    this.name = 'EvolutionError'
    this.code = facts.code
    this.call = facts.call
    this.instanceName = facts.instanceName
    this.status = facts.status
    this.refusal = facts.refusal
    this.words = facts.words
    this.maybeActed = facts.maybeActed
  }
}
