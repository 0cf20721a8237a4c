import type { Message } from '../api/open-client.ts'
import { phoneOfId } from '../contacts/lookup.ts'
import type { Words } from '../words/en.ts'
import type { Format } from '../words/format.ts'

/** Why a message waits, was not sent, or is not certain, in the words of the page; null where there is nothing to explain. */
export function reasonOf(message: Message, w: Words, f: Format, nowMs: number): string | null {
  const { state, error, notBefore } = message
  const words = w.messages.why
  const last = attemptsOf(message).at(-1)
  const failure = last && wordsOfResult(last.result, w)
  switch (state) {
    case 'queued':
      if (notBefore !== null && Date.parse(notBefore) > nowMs)
        return words.scheduled(f.when(notBefore, nowMs))
      if (failure && last.result !== 'not_tried') return words.again(failure)
      return error === null ? words.turn : words.capacity
    case 'sending':
      return error === null ? words.inFlight : words.unclear
    case 'failed':
      if (failure && last.result !== 'not_tried') return failure
      return error !== null && /\bblocked\b/.test(error) ? w.failure.CONTACT_BLOCKED : words.noNumber
    case 'expired':
      return failure && last.result !== 'not_tried' ? words.lateAfter(failure) : words.late
    case 'unknown':
      return words.unknown
    default:
      return null
  }
}

/** Results of an attempt that a later report of WhatsApp replaces; the report is in the state of the message alone. */
const OPEN_RESULTS: ReadonlySet<string> = new Set(['sending', 'sent', 'unknown'])

/** The attempts of a message. The result of the last one is that of a report by WhatsApp, where there is one. */
export function attemptsOf({ state, attempts }: Message): Message['attempts'] {
  const last = attempts.at(-1)
  if (last === undefined || !OPEN_RESULTS.has(last.result)) return attempts
  if (state === 'failed') return [...attempts.slice(0, -1), { ...last, result: 'whatsapp_refused' }]
  const isSent = state === 'sent' || state === 'delivered' || state === 'read'
  return isSent ? [...attempts.slice(0, -1), { ...last, result: 'sent' }] : attempts
}

/** The result of an attempt; that of a newer API as its code. */
export function wordsOfResult(result: string, w: Words): string {
  return (w.messages.result as Record<string, string>)[result] ?? result
}

/** When it was sent, delivered and read, as far as that is reported; null: nothing is. */
export function fateOf(
  { sentAt, deliveredAt, readAt }: Message,
  w: Words,
  f: Format,
  nowMs: number,
): string | null {
  const { sentAt: sent, deliveredAt: delivered, readAt: read } = w.messages.fate
  const parts = [
    sentAt && sent(f.moment(sentAt, nowMs)),
    deliveredAt && delivered(f.moment(deliveredAt, nowMs)),
    readAt && read(f.moment(readAt, nowMs)),
  ].filter(Boolean)
  return parts.length === 0 ? null : parts.join(' · ')
}

/** The recipient as people write it: Brazilian phones formatted, others as the caller gave them. */
export function recipientWords(to: string, f: Format): string {
  const phone = phoneOfId(to.replace(/@s\.whatsapp\.net$/, ''))
  return phone === null ? to : f.phone(phone)
}
