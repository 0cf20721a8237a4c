import type { ReleaseCause } from './router.ts'

/**
 * The outcome of a call of Evolution's `sendText`.
 *
 * - `yes`: written to the socket of WhatsApp, with the id of the message;
 * - `no`: certainly not sent; `elsewhere` is whether another number may succeed;
 * - `maybe`: unknown. Evolution has no idempotency key, so sending again may send twice.
 *
 * `why` is for programs, `words` for people: the text of Evolution or of the network error.
 */
export type SendVerdict =
  | {
      /** Written to the socket of WhatsApp. */
      sent: 'yes'
      /** Id of the message on WhatsApp. */
      messageId: string
    }
  | {
      /** Certainly not sent. */
      sent: 'no'
      /** Why, for programs. */
      why: NotSentReason
      /** Whether another number may succeed. */
      elsewhere: boolean
      /** Why, for people. */
      words: string
    }
  | {
      /** Sent or not: unknown. Do not send it again. */
      sent: 'maybe'
      /** Why, for programs. */
      why: 'no_answer' | 'failed_on_the_way' | 'strange_answer'
      /** Why, for people. */
      words: string
    }

/** Why a text was certainly not sent. */
export type NotSentReason =
  | 'line_down'
  /** Evolution has just started and has not loaded the instance yet. */
  | 'starting'
  /** Evolution cannot reach its own database. */
  | 'database_away'
  /** The licence of Evolution is not activated, so it refuses every send. */
  | 'unlicensed'
  /** Evolution failed (500) before the send. */
  | 'server_failed'
  | 'unknown_instance'
  | 'no_whatsapp'
  | 'invalid_message'
  | 'key_refused'
  | 'wrong_address'
  | 'refused'
  | 'unreachable'

/** The cause of such a verdict in the release of a seat. */
export function releaseCauseOf(why: NotSentReason): ReleaseCause {
  if (why === 'line_down') return 'line_down'
  if (why === 'no_whatsapp') return 'not_on_whatsapp'
  // Evolution did not look at the message, so this is no evidence about the number or the contact.
  return why === 'unreachable' || why === 'unlicensed' ? 'not_tried' : 'refused'
}

/** An answer to `sendText`: its status, and its body as JSON or, where it is none, as text. */
export type SendAnswer = {
  /** HTTP status. */
  status: number
  /** Parsed JSON, or the text. */
  body: unknown
}

const MOST_WORDS_CHARS = 300

/** Messages of Evolution 2.3.6 for an instance without a connection: lost, never opened, opening, lost during the send. */
const NOT_CONNECTED = [
  /^(Error: )?Connection Closed$/,
  /^(TypeError: )?Cannot read properties of undefined \(reading 'onWhatsApp'\)$/,
  /^(TypeError: )?Cannot read properties of undefined \(reading 'id'\)$/,
  /^(TypeError: )?Cannot read properties of undefined \(reading '(sendMessage|find)'\)$/,
  // A WebSocket close code: the socket was lost while the text waited.
  /^10(0\d|1[0-5])$/,
  /\bis not connected$/,
]

const UNLICENSED_WORDS =
  "the licence of Evolution is not activated: activate it in Evolution's manager, path /manager"

/** Message for an instance that is not loaded yet, in the first seconds after Evolution's start. */
const STARTING = /^(TypeError: )?Cannot read properties of undefined \(reading 'textMessage'\)$/
const DATABASE = /\bdatabase\b|\bprisma\b/i

/** Evolution wraps an error inside `sendText`, also one after the send, in a 400 whose message begins like this. */
const THROWN = /^(\w*(Error|Exception)\b|\[object )/

/**
 * The verdict on an answer of Evolution's `sendText` (measured on 2.3.6) by status and message, because a lost
 * connection is a 500 or a 400 depending on a cache. A 500 in Evolution's envelope was always thrown before the send;
 * an error after it is a 400. A 5xx of a proxy may come after the send. Anything that is not known to be safe is
 * `maybe`.
 */
export function judgeSendAnswer({ status, body }: SendAnswer): SendVerdict {
  const refusal = readRefusal(body)
  if (status >= 200 && status < 300) {
    const messageId = readMessageId(body)
    if (messageId !== null) return { sent: 'yes', messageId }
    return maybe('strange_answer', `status ${status} without the id of a message`)
  }
  // Evolution checks its licence before it reads the request. Every number of the server is refused alike.
  if (status === 503 && isLicenceRefusal(body)) return no('unlicensed', false, UNLICENSED_WORDS)
  if (refusal === null) return judgeProxyAnswer(status)
  const words = refusal.words.join('; ').slice(0, MOST_WORDS_CHARS)
  if (NOT_CONNECTED.some((one) => one.test(words))) return no('line_down', true, words)
  if (status === 500 && refusal.status === 500) {
    if (STARTING.test(words)) return no('starting', true, words)
    // Another number of the same server meets the same database.
    if (DATABASE.test(words)) return no('database_away', false, words)
    return no('server_failed', true, words || 'status 500')
  }
  if (status === 401) return no('key_refused', false, words)
  if (status === 404) {
    return /^Cannot [A-Z]+ \//.test(words)
      ? no('wrong_address', false, words)
      : no('unknown_instance', true, words)
  }
  if (refusal.isNotOnWhatsApp) return no('no_whatsapp', false, 'this number is not on WhatsApp')
  if (status >= 400 && status < 500) {
    return THROWN.test(words) ? maybe('failed_on_the_way', words) : no('invalid_message', false, words)
  }
  return maybe('failed_on_the_way', words || `status ${status}`)
}

/** An answer of a proxy. 3xx and 4xx were not forwarded; a 5xx may have been sent. */
function judgeProxyAnswer(status: number): SendVerdict {
  const words = `status ${status}, not in Evolution's words`
  if (status >= 300 && status < 400) return no('wrong_address', false, `${words}: a redirect`)
  if (status === 401 || status === 403) return no('key_refused', false, words)
  if (status === 404 || status === 405) return no('wrong_address', false, words)
  if ([400, 413, 414, 415, 422, 429, 431].includes(status)) return no('refused', false, words)
  return maybe(status >= 502 && status <= 504 ? 'no_answer' : 'strange_answer', words)
}

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
  return neverConnected(error) ? no('unreachable', false, words) : maybe('no_answer', words)
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

/** Evolution's envelope: `{"status":400,"error":"…","response":{"message":X}}`, X a text or lists of texts and objects. */
function readRefusal(body: unknown): { status: number; words: string[]; isNotOnWhatsApp: boolean } | null {
  const { status, response } = (body ?? {}) as { status?: unknown; response?: { message?: unknown } }
  if (typeof status !== 'number' || typeof response !== 'object' || response === null) return null
  const entries: unknown[] = [response.message].flat(3)
  const objects = entries.filter((one) => typeof one === 'object' && one !== null)
  return {
    status,
    words: entries.filter((one) => typeof one === 'string'),
    isNotOnWhatsApp: objects.some((one) => (one as { exists?: unknown }).exists === false),
  }
}

/** The 503 of Evolution 2.4 and newer until its licence is activated; a proxy's 503 has no such code. */
function isLicenceRefusal(body: unknown): boolean {
  return (body as { code?: unknown } | null)?.code === 'LICENSE_REQUIRED'
}

function readMessageId(body: unknown): string | null {
  const id = (body as { key?: { id?: unknown } } | null)?.key?.id
  return typeof id === 'string' && id !== '' ? id : null
}

function no(why: NotSentReason, elsewhere: boolean, words: string): SendVerdict {
  return { sent: 'no', why, elsewhere, words }
}

function maybe(why: Extract<SendVerdict, { sent: 'maybe' }>['why'], words: string): SendVerdict {
  return { sent: 'maybe', why, words }
}
