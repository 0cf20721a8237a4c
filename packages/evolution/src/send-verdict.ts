import { judgeSendAnswer, type SendRoute, type SendVerdict } from '@zapfleet/sending'
import type { EvolutionCall } from './evolution.ts'
import type { Exchange } from './exchange.ts'
import { redact } from './redact.ts'

/** What the verdict on a send needs of the call. */
type SentCall = {
  route: SendRoute
  timeoutMs: number
  /** Texts that must not appear in the words: the key, the number, the message. */
  secrets: readonly string[]
  /** True when the caller ended the send. */
  cancelled: boolean
  /** True when the time of the send is over. */
  timedOut: boolean
}

/**
 * The verdict on one exchange with a route that sends. Only a request of which nothing left this process certainly sent
 * nothing; an answer that could not be read may follow a send.
 */
export function judgeSend(call: SentCall, exchange: Exchange): SendVerdict {
  if (exchange.kind === 'broken') {
    const words = brokenWords(call, exchange.sent, codeOf(exchange.cause))
    return exchange.sent
      ? { sent: 'maybe', why: 'no_answer', words }
      : { sent: 'no', why: 'unreachable', elsewhere: false, words }
  }
  const { status } = exchange
  if (exchange.kind === 'too_large')
    return { sent: 'maybe', why: 'strange_answer', words: `status ${status} with an endless or huge body` }
  const answer = { status, body: readBody(exchange.text), route: call.route }
  return judgeSendAnswer(answer, (words) => redact(words, call.secrets))
}

/** The outcome of a send, as the log and the metrics of calls have it. */
export function outcomeOfSend(verdict: SendVerdict): EvolutionCall['outcome'] {
  if (verdict.sent === 'yes') return 'ok'
  switch (verdict.why) {
    case 'unlicensed':
      return 'unlicensed'
    case 'unreachable':
    case 'no_answer':
      return 'unreachable'
    case 'strange_answer':
    case 'wrong_address':
      return 'malformed'
    default:
      return 'refused'
  }
}

function brokenWords({ timeoutMs, cancelled, timedOut }: SentCall, sent: boolean, code: string): string {
  if (cancelled) return sent ? 'cancelled before Evolution answered' : 'cancelled before anything was sent'
  if (timedOut) return sent ? `no answer within ${timeoutMs} ms` : `no free connection within ${timeoutMs} ms`
  return sent ? `the connection broke (${code})` : `Evolution could not be reached (${code})`
}

function readBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function codeOf(cause: unknown): string {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' ? code : 'no code'
}
