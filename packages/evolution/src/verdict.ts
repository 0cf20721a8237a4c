import { errors } from 'undici'
import { EvolutionError, type EvolutionErrorCode, type Refusal } from './evolution-error.ts'
import type { Exchange } from './exchange.ts'
import { readLicenceRefusal } from './licence-refusal.ts'
import { redact } from './redact.ts'
import { isUnknownRoute, refusalMayHaveActed, refusalOf, refusalWords } from './refusal.ts'
import type { Shape } from './shapes.ts'

/** What a verdict needs of the call. */
export type Asked<T> = {
  call: string
  name?: string | undefined
  /** False for calls that merely read. */
  acts: boolean
  shape: Shape<T>
  /** Texts that must not appear in an error: the key, webhook headers, the message sent. */
  secrets: readonly string[]
  timeoutMs: number
  /** True when the call's time is over. */
  timedOut: boolean
}

/** The value, or the error and whether the same request may succeed in a moment. */
export type Verdict<T> =
  | { outcome: 'ok'; value: T; status: number }
  | {
      outcome: 'refused' | 'unlicensed' | 'unreachable' | 'malformed'
      error: EvolutionError
      transient: boolean
    }

/** Connections that broke although the server probably runs: idle sockets that it closed, resets, name servers that fail for a moment. */
const TRANSIENT = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'ETIMEDOUT',
  'EAI_AGAIN',
])

/** Reads one exchange: pure, so that every odd answer can be tested as a literal. */
export function judgeExchange<T>(asked: Asked<T>, exchange: Exchange): Verdict<T> {
  if (exchange.kind === 'broken') return judgeBroken(asked, exchange.sent, exchange.cause)
  const { status } = exchange
  const licence = exchange.kind === 'answer' ? readLicenceRefusal(status, exchange.text) : null
  if (licence !== null) return unlicensed(asked, status, licence.host)
  if (isGatewayStatus(status)) {
    const error = errorOf(asked, 'EVOLUTION_UNREACHABLE', {
      message: `Evolution does not answer behind its gateway, which answered ${subject(asked)} with ${status}.`,
      status,
      maybeActed: asked.acts,
    })
    return { outcome: 'unreachable', error, transient: true }
  }
  if (exchange.kind === 'too_large') return malformed(asked, status, 'an endless or huge body', undefined)
  const { text, location } = exchange
  if (status >= 300 && status < 400) {
    const came = `a redirect${location === null ? '' : ` to ${location}`}: use the final address as the Evolution URL`
    return malformed(asked, status, came, undefined)
  }
  let body: unknown
  let words: string | null
  try {
    body = JSON.parse(text)
    words = refusalWords(status, body)
  } catch {
    return malformed(asked, status, text.trim() === '' ? 'an empty body' : 'no JSON', text)
  }
  if (words !== null) return refused(asked, status, words)
  if (status >= 400) return malformed(asked, status, "an error that is not Evolution's", text)
  const read = asked.shape.schema.safeParse(body)
  return read.success
    ? { outcome: 'ok', value: read.data, status }
    : malformed(asked, status, 'another shape', text)
}

/** Statuses of gateways (502-504) and of Cloudflare (520-530) when the server behind them does not answer. */
function isGatewayStatus(status: number): boolean {
  return (status >= 502 && status <= 504) || (status >= 520 && status <= 530)
}

function judgeBroken<T>(asked: Asked<T>, sent: boolean, cause: unknown): Verdict<T> {
  const code = codeOf(cause)
  const maybeActed = asked.acts && sent
  const isNotHttp = cause instanceof errors.HTTPParserError || code === 'UND_ERR_HEADERS_OVERFLOW'
  if (isNotHttp && !asked.timedOut) return malformed(asked, undefined, 'bytes that are not HTTP', undefined)
  const what = whatBroke(asked, sent, code)
  const doubt = maybeActed ? ' It may have been carried out: look before repeating it.' : ''
  const error = errorOf(asked, 'EVOLUTION_UNREACHABLE', { message: `${what}.${doubt}`, maybeActed })
  return { outcome: 'unreachable', error, transient: !asked.timedOut && TRANSIENT.has(code) }
}

function whatBroke<T>(asked: Asked<T>, sent: boolean, code: string): string {
  if (asked.timedOut) return `Evolution did not answer ${subject(asked)} within ${asked.timeoutMs} ms`
  if (code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED') {
    return `The Evolution client was closed, so ${subject(asked)} has no answer`
  }
  if (sent) return `The connection to Evolution broke during ${subject(asked)} (${code})`
  return `Evolution could not be reached for ${subject(asked)} (${code}): check its address and that it runs`
}

function refused<T>(asked: Asked<T>, status: number, rawWords: string): Verdict<T> {
  const words = redact(rawWords, asked.secrets)
  const refusal = refusalOf(asked.call, status, rawWords)
  const advice = isUnknownRoute(rawWords) ? ' Is the Evolution URL right, and the server of version 2?' : ''
  const error = errorOf(asked, 'EVOLUTION_REFUSED', {
    message: `Evolution refused ${subject(asked)} (${status}): ${words || 'without a message'}.${advice}`,
    status,
    refusal,
    words,
    maybeActed: asked.acts && refusalMayHaveActed(status, refusal),
  })
  return { outcome: 'refused', error, transient: false }
}

/** The licence is checked before everything else, so an act was not carried out, and a repeat is refused as well. */
function unlicensed<T>(asked: Asked<T>, status: number, host: string | null): Verdict<T> {
  const shown = host === null ? undefined : redact(host, asked.secrets)
  const where = shown === undefined ? "in Evolution's manager" : `at ${shown}`
  const error = errorOf(asked, 'EVOLUTION_REFUSED', {
    message: `Evolution refused ${subject(asked)} (${status}): its licence is not activated. Activate it ${where}.`,
    status,
    refusal: 'unlicensed',
    licenceHost: shown,
    maybeActed: false,
  })
  return { outcome: 'unlicensed', error, transient: false }
}

function malformed<T>(
  asked: Asked<T>,
  status: number | undefined,
  came: string,
  text: string | undefined,
): Verdict<T> {
  const words = text === undefined ? undefined : redact(text, asked.secrets)
  const shown = words ? `: ${words.slice(0, 120)}` : ''
  const error = errorOf(asked, 'EVOLUTION_MALFORMED', {
    message: redact(
      `${subject(asked)}: expected ${asked.shape.expected} from Evolution, came ${came}${status === undefined ? '' : ` with status ${status}`}${shown}`,
      asked.secrets,
      600,
    ),
    status,
    words,
    // A server that answered 3xx or 4xx did nothing; any other status may follow an act that was carried out.
    maybeActed: asked.acts && !(status !== undefined && status >= 300 && status < 500),
  })
  return { outcome: 'malformed', error, transient: false }
}

function errorOf<T>(
  asked: Asked<T>,
  code: EvolutionErrorCode,
  facts: {
    message: string
    maybeActed: boolean
    status?: number | undefined
    refusal?: Refusal
    words?: string | undefined
    licenceHost?: string | undefined
  },
): EvolutionError {
  return new EvolutionError({ ...facts, code, call: asked.call, instanceName: asked.name })
}

function subject<T>(asked: Asked<T>): string {
  return asked.name === undefined ? asked.call : `${asked.call} of ${JSON.stringify(asked.name)}`
}

function codeOf(cause: unknown): string {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : 'no code'
}
