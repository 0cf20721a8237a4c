/** The placeholder of a secret. */
const REDACTED = '[redacted]'

const SECRET_MIN_CHARS = 4

/** Beyond this many characters nothing is looked at: words are for people. */
const CONSIDERED_CHARS = 64 * 1024

/** A field that holds a secret, up to where its value begins. Bounded, so that no text can make the search slow. */
const FIELD = String.raw`(\b[\w-]{0,30}(?:token|hash|api_?key|authorization|jwt_key|password|base64|pairing_?code)[\w-]{0,30}\\*["']?\s{0,4}[:=]\s{0,4})`

/**
 * Patterns of what must never reach a log or an error, in the order in which they are applied. Values may lack their closing
 * quote, because the text may have been cut.
 */
const SECRETS: readonly [pattern: RegExp, replacement: string][] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]+/gi, `$1 ${REDACTED}`],
  [/data:[\w.+-]+\/[\w.+-]+;base64,[\w+/=-]*/gi, REDACTED],
  // Fields by name, as JSON, as JSON inside a JSON string, as header or as query parameter.
  [new RegExp(`${FIELD}(\\\\*["'])[^"'\\\\]*`, 'gi'), `$1$2${REDACTED}`],
  [new RegExp(`${FIELD}(?!null\\b|bearer\\b|basic\\b)[^\\s"'\\\\,;&{}[\\]<>]+`, 'gi'), `$1${REDACTED}`],
  // The text of a WhatsApp QR code, an instance token (Evolution writes them in capitals), credentials in an address.
  [/\b\d@[\w+/=,.-]{20,}/g, REDACTED],
  [/\b[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\b/g, REDACTED],
  [/:\/\/[^\s/@"'<>]+@/g, `://${REDACTED}@`],
  // Long base64 runs.
  [/[\w+/-]{100,}={0,2}/g, REDACTED],
]

/** Phone numbers, however they are written (LGPD). */
const PHONE_NUMBER = /\+?\d(?:[ ()-]{0,2}\d){7,14}(?!\d)/g

/**
 * Text without keys, tokens, QR codes and pictures, recognised by their format or their field. Nothing else of it
 * changes.
 */
export function hideSecrets(text: string): string {
  let safe = text
  for (const [pattern, replacement] of SECRETS) safe = safe.replace(pattern, replacement)
  return safe
}

/**
 * Text that is safe to log: without the given secrets (those of 4 characters or more), keys, tokens, QR codes, pictures and
 * phone numbers, on one line, at most `maxChars` characters.
 */
export function redact(text: string, secrets: readonly string[], maxChars = 300): string {
  let safe = text
  for (const secret of secrets) {
    // Shorter ones are no secrets, and would tear holes into every word.
    if (secret.length < SECRET_MIN_CHARS) continue
    safe = safe.replaceAll(secret, REDACTED).replaceAll(JSON.stringify(secret).slice(1, -1), REDACTED)
  }
  safe = hideSecrets(safe.slice(0, CONSIDERED_CHARS)).replace(PHONE_NUMBER, '[number]')
  // With controls and line breaks a caller could forge log lines.
  safe = safe.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return safe.length > maxChars ? `${safe.slice(0, maxChars - 1)}…` : safe
}
