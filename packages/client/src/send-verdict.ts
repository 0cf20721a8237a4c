/**
 * What became of a text that was handed to Evolution's `sendText`.
 *
 * - `yes`: written to the socket of WhatsApp, with the id of the message;
 * - `no`: surely not; `elsewhere` tells whether another number may do better;
 * - `maybe`: nobody knows. Evolution has no idempotency key, so sending again may send twice.
 *
 * `why` is for programs, `words` for people: Evolution's own, or those of the network.
 */
export type SendVerdict =
  | {
      /** Written to the socket of WhatsApp. */
      sent: 'yes'
      /** Id of the message on WhatsApp. */
      messageId: string
    }
  | {
      /** Surely not sent. */
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

/** Why a text was surely not sent. */
export type NotSentReason =
  | 'line_down'
  /** Evolution has just started and has not loaded the instance yet. */
  | 'starting'
  /** Evolution cannot reach its own database. */
  | 'database_away'
  /** Evolution failed (500) before the send. */
  | 'server_failed'
  | 'unknown_instance'
  | 'no_whatsapp'
  | 'invalid_message'
  | 'key_refused'
  | 'wrong_address'
  | 'refused'
  | 'unreachable'

/** An answer to `sendText`: its status, and its body as JSON or, where it is none, as text. */
export type SendAnswer = {
  /** HTTP status. */
  status: number
  /** Parsed JSON, or the text. */
  body: unknown
}

const MOST_WORDS_CHARS = 300

/** The words of Evolution 2.3.6 for a number without a live connection: lost, never opened, opening, lost during the send. */
const DEAD_LINE = [
  /^(Error: )?Connection Closed$/,
  /^(TypeError: )?Cannot read properties of undefined \(reading 'onWhatsApp'\)$/,
  /^(TypeError: )?Cannot read properties of undefined \(reading 'id'\)$/,
  /^(TypeError: )?Cannot read properties of undefined \(reading '(sendMessage|find)'\)$/,
  // A WebSocket close code: the socket was lost while the text waited.
  /^10(0\d|1[0-5])$/,
  /\bis not connected$/,
]

/** The words of an instance that is not loaded yet, in the first seconds after Evolution's start. */
const STARTING = /^(TypeError: )?Cannot read properties of undefined \(reading 'textMessage'\)$/
const DATABASE = /\bdatabase\b|\bprisma\b/i

/** Evolution wraps whatever was thrown on the way of a text, also after it was sent, into a 400 that begins like this. */
const THROWN = /^(\w*(Error|Exception)\b|\[object )/

/**
 * Judges an answer of Evolution's `sendText` (measured on 2.3.6), by status and words, since a dead line is a 500 or a 400
 * depending on a cache. A 500 in Evolution's own envelope always comes from before the send; an error after it is a 400. A 5xx
 * of a proxy may come after the send. What is not known to be harmless counts as `maybe`.
 */
export function judgeSendAnswer({ status, body }: SendAnswer): SendVerdict {
  const refusal = readRefusal(body)
  if (status >= 200 && status < 300) {
    const messageId = readMessageId(body)
    if (messageId !== null) return { sent: 'yes', messageId }
    return maybe('strange_answer', `status ${status} without the id of a message`)
  }
  if (refusal === null) return judgeStranger(status)
  const words = refusal.words.join('; ').slice(0, MOST_WORDS_CHARS)
  if (DEAD_LINE.some((one) => one.test(words))) return no('line_down', true, words)
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
  if (refusal.knowsNobody) return no('no_whatsapp', false, 'this number is not on WhatsApp')
  if (status >= 400 && status < 500) {
    return THROWN.test(words) ? maybe('failed_on_the_way', words) : no('invalid_message', false, words)
  }
  return maybe('failed_on_the_way', words || `status ${status}`)
}

/** Somebody between here and Evolution answered. Whoever refuses what he was sent has passed nothing on; silence is no such word. */
function judgeStranger(status: number): SendVerdict {
  const words = `status ${status}, not in Evolution's words`
  if (status >= 300 && status < 400) return no('wrong_address', false, `${words}: a redirect`)
  if (status === 401 || status === 403) return no('key_refused', false, words)
  if (status === 404 || status === 405) return no('wrong_address', false, words)
  if ([400, 413, 414, 415, 422, 429, 431].includes(status)) return no('refused', false, words)
  return maybe(status >= 502 && status <= 504 ? 'no_answer' : 'strange_answer', words)
}

/** Errors of a connection that was never made: no byte of the message has left. */
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
 * Judges what `fetch` threw instead of an answer. Only a connection that was never made has surely sent nothing: a reset,
 * a timeout, a cut answer may come after the send. In browsers, which do not say what broke, it is always `maybe`.
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
  // Several addresses were tried: each of them must have failed so.
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
function readRefusal(body: unknown): { status: number; words: string[]; knowsNobody: boolean } | null {
  const { status, response } = (body ?? {}) as { status?: unknown; response?: { message?: unknown } }
  if (typeof status !== 'number' || typeof response !== 'object' || response === null) return null
  const entries: unknown[] = [response.message].flat(3)
  const objects = entries.filter((one) => typeof one === 'object' && one !== null)
  return {
    status,
    words: entries.filter((one) => typeof one === 'string'),
    knowsNobody: objects.some((one) => (one as { exists?: unknown }).exists === false),
  }
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
