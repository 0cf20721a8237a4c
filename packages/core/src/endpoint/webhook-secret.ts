import { createHmac, randomBytes } from 'node:crypto'

/** The form of a secret in Standard Webhooks: this prefix, and the key as base64. */
const PREFIX = 'whsec_'
const NEW_KEY_BYTES = 32
/** Bounds of a key in bytes, by the specification. */
const KEY_BYTES = { min: 24, max: 64 }
const TEXT_CHARS = { min: 16, max: 200 }

/** A new secret: `whsec_` and 32 random bytes as base64. */
export function makeWebhookSecret(): string {
  return PREFIX + randomBytes(NEW_KEY_BYTES).toString('base64')
}

/** The problem of a secret that a caller chose, without the secret; null: none. */
export function webhookSecretProblem(secret: string): string | null {
  if (secret.startsWith(PREFIX)) {
    const length = base64Bytes(secret.slice(PREFIX.length))?.length ?? null
    const expected = `expected base64 of ${KEY_BYTES.min} to ${KEY_BYTES.max} bytes after ${PREFIX}`
    if (length === null) return `${expected}, got a text that is no base64`
    return length >= KEY_BYTES.min && length <= KEY_BYTES.max ? null : `${expected}, got ${length} bytes`
  }
  const { length } = [...secret]
  const expected = `expected ${PREFIX} and base64, or a text of ${TEXT_CHARS.min} to ${TEXT_CHARS.max} characters`
  if (length < TEXT_CHARS.min || length > TEXT_CHARS.max) return `${expected}, got ${length} characters`
  return secret.includes('\0') || /\p{Surrogate}/u.test(secret) ? `${expected} of well-formed Unicode` : null
}

/**
 * The value of the header `webhook-signature`: `v1,` and the base64 of the HMAC-SHA256 over `<id>.<timestamp>.<body>`. The key is
 * what `whsec_` encodes, or the UTF-8 bytes of any other secret.
 *
 * @param timestamp seconds since 1970
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookSignature(secret: string, id: string, timestamp: number, body: string): string {
  const key = secret.startsWith(PREFIX)
    ? Buffer.from(secret.slice(PREFIX.length), 'base64')
    : Buffer.from(secret)
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
}

/** The bytes of a text in base64, padded or not; null when it is none. */
function base64Bytes(text: string): Buffer | null {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.replace(/=+$/, '').length % 4 !== 1
    ? Buffer.from(text, 'base64')
    : null
}
