/**
 * `EVOLUTION_UNREACHABLE`: no answer (down, timeout, broken connection, gateway error). `EVOLUTION_REFUSED`: Evolution refused
 * the call. `EVOLUTION_MALFORMED`: the answer has no shape of Evolution.
 */
export type EvolutionErrorCode = 'EVOLUTION_UNREACHABLE' | 'EVOLUTION_REFUSED' | 'EVOLUTION_MALFORMED'

/**
 * Why Evolution refused. `invalid` also covers names and numbers refused here before calling. `unlicensed`: its licence is not
 * activated, so it refuses every call but `version` before it reads the key.
 */
export type Refusal =
  | 'name_taken'
  | 'not_found'
  | 'unauthorized'
  | 'not_connected'
  | 'invalid'
  | 'unlicensed'
  | 'other'

/**
 * The one error of this package. Its message and words contain no key, token, QR code or phone number; it has no `cause`,
 * because the error below may contain headers.
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
  /** Host (and port) at which a person activates the licence; only with refusal `unlicensed`, where the answer names it. */
  readonly licenceHost: string | undefined
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
    licenceHost?: string | undefined
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
    this.licenceHost = facts.licenceHost
    this.maybeActed = facts.maybeActed
  }
}
