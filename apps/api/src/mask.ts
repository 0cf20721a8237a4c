const SECRET =
  /^(authorization|x-api-key|x-zapfleet-webhook|api_?key|apikey|token|hash|secret|password|base64|pairing_?code|cookie)$/i
const PHONE = /^(phone_?number|numero_telefone|owner_?jid|wuid|remote_?jid|sender|number)$/i
const PERSON = /^(contact_?id|cliente_?id|medico_?id|idempotency_?key)$/i

/** Deeper than this a log line helps nobody. */
const DEEPEST = 6

/** A phone number or a person's id, recognisable to whoever knows it and useless to everybody else. */
export function masked(value: string): string {
  return value.length < 8 ? '***' : `${value.slice(0, 3)}***${value.slice(-2)}`
}

/** A network address without its end: who knows the network knows it again. */
export function maskedAddress(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  if (/^\d+\.\d+\.\d+\.\d+$/.test(plain)) return plain.replace(/\d+$/, '*')
  if (plain === '::1') return plain
  return plain.includes(':') ? `${plain.split(':').slice(0, 3).join(':')}:*` : '***'
}

/** A text without what must not be logged: QR codes, passwords in connection URLs, phone numbers. */
export function maskedText(text: string): string {
  return text
    .replace(/data:image\/[^\s"']+/g, '[qr]')
    .replace(/\b\d@[A-Za-z0-9+/=,]{20,}/g, '[qr]')
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi, '$1:***@')
    .replace(/\+\d{8,15}\b|\b\d{8,15}(?=@s\.whatsapp\.net)/g, (phone) => masked(phone))
}

/**
 * The details of a log line as they may be written: keys, tokens and QR codes out, phone numbers and people's ids masked.
 * Errors become `{ type, code, message, stack, cause }`. Plain objects and arrays are walked, anything else is left to pino.
 */
export function maskedDetails(details: Record<string, unknown>): Record<string, unknown> {
  return walk(details, 0) as Record<string, unknown>
}

function walk(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return maskedText(value)
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
  if (SECRET.test(key)) return '***'
  if ((PHONE.test(key) || PERSON.test(key)) && typeof value === 'string') return masked(value)
  return walk(value, depth + 1)
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
