import type { SendVerdict } from './send-verdict.ts'

/** Errors of a connection that was never made: no byte of the message was sent. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/**
 * The verdict on an error of `fetch`. Only a connection that was never made certainly sent nothing: a reset, a
 * timeout or a cut answer may come after the send. Browsers give no reason, so there it is always `maybe`.
 */
export function judgeSendFailure(error: unknown): SendVerdict {
  const words = wordsOf(error)
  return neverConnected(error)
    ? { sent: 'no', why: 'unreachable', elsewhere: false, words }
    : { sent: 'maybe', why: 'no_answer', words }
}

function neverConnected(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 5) return false
  const { code, syscall, errors, cause } = error as Partial<
    Record<'code' | 'syscall' | 'errors' | 'cause', unknown>
  >
  // Several addresses were tried: each must have failed before a connection.
  if (Array.isArray(errors) && errors.length > 0) return errors.every((one) => neverConnected(one, depth + 1))
  if (typeof code === 'string' && NEVER_CONNECTED.has(code)) return true
  if (syscall === 'connect' || syscall === 'getaddrinfo') return true
  return neverConnected(cause, depth + 1)
}

function wordsOf(error: unknown): string {
  let one: unknown = error
  let words = error instanceof Error ? error.message : String(error)
  for (let depth = 0; depth < 5 && one instanceof Error; depth++) {
    if ('code' in one && typeof one.code === 'string') return `${words} (${one.code})`
    words = one.message || words
    one = one.cause
  }
  return words
}
