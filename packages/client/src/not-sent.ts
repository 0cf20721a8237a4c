import type { ReleaseCause } from './router.ts'

// By this, two copies of this package in one program recognise each other's errors.
const BRAND = Symbol.for('@zapfleet/client/NotSentError')

/** Thrown inside `withInstance`: the message was certainly not sent. Made by `notSent`. */
export class NotSentError extends Error {
  /** Always `NotSentError`. */
  override readonly name = 'NotSentError'
  /** Whether another number may succeed. */
  readonly elsewhere: boolean
  /** The cause in the release of the seat; null: none is sent. */
  readonly releaseCause: ReleaseCause | null

  constructor(cause: unknown, elsewhere: boolean, releaseCause: ReleaseCause | null) {
    super(cause instanceof Error ? cause.message : 'The message was not sent.', { cause })
    this.elsewhere = elsewhere
    this.releaseCause = releaseCause
    Object.defineProperty(this, BRAND, { value: true })
  }
}

/**
 * The error to throw inside `withInstance` when the message was certainly not sent: the seat is released, and another number
 * is tried where `failover` allows it. Never throw it when in doubt: the person would get the message twice.
 *
 * @param cause what happened; it reaches the caller as the cause of `NOT_SENT`
 * @param how `elsewhere: false` when no number could send this message (the receiver has no WhatsApp, the text is empty);
 * `releaseCause` is evidence about the number: after several `line_down` in a row it leaves the rotation
 */
export function notSent(
  cause: unknown,
  how: { elsewhere?: boolean; releaseCause?: ReleaseCause } = {},
): NotSentError {
  return new NotSentError(cause, how.elsewhere ?? true, how.releaseCause ?? null)
}

/** Whether `notSent` made this error, also in another copy of this package. */
export function isNotSent(error: unknown): error is NotSentError {
  return typeof error === 'object' && error !== null && BRAND in error
}
