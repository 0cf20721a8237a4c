// Two copies of this package in one program know each other's by this.
const BRAND = Symbol.for('@zapfleet/client/NotSentError')

/** Thrown inside `withInstance`: the message was surely not sent. Made by `notSent`. */
export class NotSentError extends Error {
  /** Always `NotSentError`. */
  override readonly name = 'NotSentError'
  /** Whether another number may do better. */
  readonly elsewhere: boolean

  constructor(cause: unknown, elsewhere: boolean) {
    super(cause instanceof Error ? cause.message : 'The message was not sent.', { cause })
    this.elsewhere = elsewhere
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/**
 * Says, thrown inside `withInstance`, that the message was surely not sent: its seat is given back, and another number
 * tried where `failover` allows. Never throw it when in doubt: somebody would get the message twice.
 *
 * @param cause what happened; it reaches the caller as the cause of `NOT_SENT`
 * @param how `elsewhere: false` when no number could send this message (nobody has WhatsApp there, the text is empty)
 */
export function notSent(cause: unknown, how: { elsewhere?: boolean } = {}): NotSentError {
  return new NotSentError(cause, how.elsewhere ?? true)
}

/** Whether this is what `notSent` made, also in another copy of this package. */
export function isNotSent(error: unknown): error is NotSentError {
  return typeof error === 'object' && error !== null && BRAND in error
}
