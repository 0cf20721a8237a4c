import type { SendRoute } from './outgoing-message.ts'
import type { NotSentReason, SendVerdict } from './send-verdict.ts'

/** An answer to a send: its status, and its body as JSON or, where it is none, as text. */
export type SendAnswer = {
  /** HTTP status. */
  status: number
  /** Parsed JSON, or the text. */
  body: unknown
  /** The route that answered (default `sendText`): failures of media are read on the other two only. */
  route?: SendRoute
}

const MOST_WORDS_CHARS = 300

/** Messages of Evolution 2.3.6 for an instance without a connection: lost, never opened, opening, lost during the send. */
const NOT_CONNECTED = [
  /^(Error: )?Connection Closed$/,
  /^(TypeError: )?Cannot read properties of undefined \(reading 'onWhatsApp'\)$/,
  /^(TypeError: )?Cannot read properties of undefined \(reading 'id'\)$/,
  /^(TypeError: )?Cannot read properties of undefined \(reading '(sendMessage|find|waUploadToServer)'\)$/,
  // A WebSocket close code: the socket was lost while the message waited.
  /^10(0\d|1[0-5])$/,
  /\bis not connected$/,
]

const UNLICENSED_WORDS =
  "the licence of Evolution is not activated: activate it in Evolution's manager, path /manager"

/** Message for an instance that is not loaded yet, in the first seconds after Evolution's start. */
const STARTING =
  /^(TypeError: )?Cannot read properties of undefined \(reading '(textMessage|mediaMessage|audioWhatsapp)'\)$/
const DATABASE = /\bdatabase\b|\bprisma\b/i

/** Evolution wraps an error inside a send, also one after the write, in a 400 whose message begins like this. */
const THROWN = /^(\w*(Error|Exception)\b|\[object )/

/** The upload to WhatsApp's hosts failed. It precedes the write of the message in every kind. */
const UPLOAD_FAILED = /^(Error: )?Media upload failed on all hosts$/

/** axios's message, not wrapped: the URL of a voice message answered with this status, and Evolution answers with the same. */
const SOURCE_STATUS = /^Request failed with status code \d{3}$/

/** The URL of the media could not be read, in the words of axios, fetch, Baileys and the network. */
const SOURCE_FAILED = [
  /^(\w*Error: )?(connect|read|write|getaddrinfo|queryA) E[A-Z_]+\b/,
  /^(\w*Error: )?(Request failed with status code|Failed to fetch stream from|fetch failed|socket hang up)/,
  /^(\w*Error: )?(timeout of \d+ms exceeded|Maximum (number of )?redirects exceeded|Unsupported protocol)/,
  /^(\w*Error: )?(self.signed certificate|certificate has expired|unable to (verify|get)\b|Hostname\/IP does not match)/,
  /^(AxiosError|AggregateError)\b/,
]

/** The media itself is not what its kind needs, or a document's URL has no file name. */
const UNFIT_MEDIA =
  /unsupported image format|ffmpeg exited with code|Invalid data found when processing input|Failed to convert audio|\bInvalid media\b|^(TypeError: )?Cannot read properties of null \(reading '1'\)$/

/**
 * The verdict on an answer of Evolution to a send (measured on 2.3.6) by status and message, because a lost
 * connection is a 500 or a 400 depending on a cache. A 500 in Evolution's envelope was always thrown before the write;
 * an error after it is a 400. A 5xx of a proxy may come after the send. Anything that is not known to be safe is
 * `maybe`.
 *
 * @param clean applied to the texts of Evolution before they are cut, such as to remove secrets
 */
export function judgeSendAnswer(
  { status, body, route = 'sendText' }: SendAnswer,
  clean: (words: string) => string = (words) => words,
): SendVerdict {
  const refusal = readRefusal(body)
  if (status >= 200 && status < 300) {
    const messageId = readMessageId(body)
    if (messageId !== null) return { sent: 'yes', messageId }
    return maybe('strange_answer', `status ${status} without the id of a message`)
  }
  // Evolution checks its licence before it reads the request. Every number of the server is refused alike.
  if (status === 503 && isLicenceRefusal(body)) return no('unlicensed', false, UNLICENSED_WORDS)
  if (refusal === null) return judgeProxyAnswer(status)
  const raw = refusal.words.join('; ')
  const words = clean(raw).slice(0, MOST_WORDS_CHARS)
  if (NOT_CONNECTED.some((one) => one.test(raw))) return no('line_down', true, words)
  const media =
    route === 'sendText' ? null : judgeMedia(refusal.status === status ? status : null, raw, words)
  if (media !== null) return media
  if (status === 500 && refusal.status === 500) {
    if (STARTING.test(raw)) return no('starting', true, words)
    // Another number of the same server meets the same database.
    if (DATABASE.test(raw)) return no('database_away', false, words)
    return no('server_failed', true, words || 'status 500')
  }
  if (status === 401) return no('key_refused', false, words)
  if (status === 404) {
    return /^Cannot [A-Z]+ \//.test(raw)
      ? no('wrong_address', false, words)
      : no('unknown_instance', true, words)
  }
  if (refusal.isNotOnWhatsApp) return no('no_whatsapp', false, 'this number is not on WhatsApp')
  if (status >= 400 && status < 500) {
    return THROWN.test(raw) ? maybe('failed_on_the_way', words) : no('invalid_message', false, words)
  }
  return maybe('failed_on_the_way', words || `status ${status}`)
}

/**
 * The verdict on a failure of the media itself, or null. WhatsApp gives each account its own hosts and permission for
 * uploads, so another number may succeed; the URL and the bytes are the same for every number.
 */
function judgeMedia(status: number | null, raw: string, words: string): SendVerdict | null {
  if (UPLOAD_FAILED.test(raw))
    return status === 500 || status === 400 ? no('media_unavailable', true, words) : null
  if (status !== null && SOURCE_STATUS.test(raw)) return no('media_unavailable', false, words)
  // A 400 with such words may be of a request that Evolution makes after the write.
  if (status !== 500) return null
  if (SOURCE_FAILED.some((one) => one.test(raw))) return no('media_unavailable', false, words)
  return UNFIT_MEDIA.test(raw) ? no('invalid_message', false, words) : null
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
