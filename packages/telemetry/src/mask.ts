import { hideSecrets } from '@zapfleet/evolution'

const SECRET =
  /^(authorization|x-api-key|x-zapfleet-webhook|api_?key|apikey|.*token|hash|secret|password|base64|pairing_?code|(set-)?cookie)$/i
const PHONE = /^(phones?|phone_?numbers?|numero_telefone|(owner_?|remote_?)?jid|wuid|sender|number)$/i
const PERSON =
  /^(contacts?|contact_?ids?|clientes?|cliente_?ids?|medico_?ids?|idempotency_?keys?|profile_?name|recipient)$/i

/** The text of a message, and its file. */
const CONTENT = /^(text|caption|content|media|file_?name)$/i

/** Details below this depth are cut. */
const DEEPEST = 6

/**
 * A phone number or a person's id, cut to its first three and last two characters: enough to recognise a known one. A character outside
 * the BMP is not cut in two: PostgreSQL refuses half of one in JSON.
 */
export function masked(value: string): string {
  const characters = Array.from(value)
  return characters.length < 8
    ? '***'
    : `${characters.slice(0, 3).join('')}***${characters.slice(-2).join('')}`
}

/** A network address without its end: enough to recognise a known network. */
export function maskedAddress(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (/^\d+\.\d+\.\d+\.\d+$/.test(plain)) return plain.replace(/\d+$/, '*')
  if (plain === '::1') return plain
  return plain.includes(':') ? `${plain.split(':').slice(0, 3).join(':')}:*` : '***'
}

/** Values that a database, a schema or a driver quotes in its messages. */
const QUOTED: readonly [pattern: RegExp, replacement: string][] = [
  [/\b(got|value) "(?:[^"\\]|\\.)*"/g, '$1 "…"'],
  [/\b((?:syntax|value)[^"\n]{0,60}): "(?:[^"\\]|\\.)*"/g, '$1: "…"'],
  [/\)=\([^)]*\)/g, ')=(…)'],
]

/** The secret part of a key or a session; the part before it is public. */
const KEY = /\b(zf_(?:(?:bot|viewer|admin)_(?:[a-z0-9]{12}_)?|session_(?:[A-Za-z0-9-]{12}_)?))[\w-]{12,}/g
/** Numbers as long as phone numbers, except the end of a UUID; after a plus also with blanks and punctuation. */
const NUMBER =
  /\+\d[\d ().-]{6,20}\d|(?<![0-9A-Za-z]|\b[0-9a-f]{4}-)\d{10,20}(?![0-9A-Za-z])|\b\d{8,20}(?=@)/g

/**
 * A text without what must not be logged: the given secrets, keys, tokens, QR codes, passwords in addresses, quoted values;
 * phone numbers are masked.
 */
export function maskedText(text: string, secrets: readonly string[] = []): string {
  let safe = text
  for (const secret of secrets) if (secret.length >= 4) safe = safe.replaceAll(secret, '***')
  safe = hideSecrets(safe.replace(KEY, '$1***'))
  for (const [pattern, replacement] of QUOTED) safe = safe.replace(pattern, replacement)
  return safe.replace(NUMBER, (phone) => masked(phone))
}

/**
 * The details of a log line as they may be written: keys, tokens and QR codes removed, phone numbers and people's ids masked.
 * Errors become `{ type, code, message, stack, cause }`. Plain objects and arrays are masked recursively; other values are left to pino.
 */
export function maskedDetails(
  details: Record<string, unknown>,
  secrets: readonly string[] = [],
): Record<string, unknown> {
  return walk(details, 0) as Record<string, unknown>

  function walk(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return maskedText(value, secrets)
    if (typeof value !== 'object' || value === null) return value
    if (depth > DEEPEST) return '…'
    if (Array.isArray(value)) return value.map((item) => walk(item, depth + 1))
    if (value instanceof Error) return walk(errorDetails(value), depth)
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return value
    const entries = Object.entries(value).map(([key, item]) => [key, maskedField(key, item, depth)])
    return Object.fromEntries(entries)
  }

  function maskedField(key: string, value: unknown, depth: number): unknown {
    if (value === null || value === undefined) return value
    // Logs are searched by request ids. The API accepts no phone number as one.
    if (key === 'requestId') return value
    if (SECRET.test(key) || CONTENT.test(key)) return '***'
    if (PHONE.test(key) || PERSON.test(key)) return maskedPeople(value)
    return walk(value, depth + 1)
  }
}

function maskedPeople(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskedPeople)
  return typeof value === 'object' ? '***' : masked(String(value))
}

function errorDetails(error: Error): Record<string, unknown> {
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    message: error.message,
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: error.cause }),
  }
}
