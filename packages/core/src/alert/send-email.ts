import type { LookupAddress, lookup as resolveHost } from 'node:dns'
import { isIP } from 'node:net'
import nodemailer from 'nodemailer'
import { beginAttempt } from '../endpoint/begin-attempt.ts'
import { type AddressRule, guardedLookup, RefusedAddress } from '../endpoint/guarded-lookup.ts'
import { noAnswerWithin, noAnswerWords } from '../endpoint/open-poster.ts'
import { defaultSender, type SmtpServer } from '../ground/smtp-address.ts'
import { headlineOf, type Notice, type Sent, unanswered, urgencyOf } from './notice.ts'

/** Headers of a message that a program sends, so that no program answers it. */
const HEADERS = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }

/** Of a message's many facts, what the parts of the mail are. The message id is that of the notice, by which mail programs recognise a repetition. */
export function emailOf(notice: Notice, { from, to }: { from: string; to: readonly string[] }) {
  const host = from.slice(from.lastIndexOf('@') + 1).replace(/>$/, '')
  return {
    from,
    to: [...to],
    subject: headlineOf(notice),
    text: notice.text === '' ? `${notice.title}\n` : `${notice.text}\n`,
    date: notice.at,
    messageId: `<${notice.id}@${host}>`,
    headers: HEADERS,
    ...(urgencyOf(notice) === 'critical' && { priority: 'high' as const }),
  }
}

/**
 * Sends a notice as an e-mail. Never throws; errors hold neither the password nor a recipient. With a user name the server must
 * offer TLS; its certificate is always verified.
 *
 * @param parts `rule`: to which addresses no connection is opened, null: any; `from` null: see `defaultSender`
 */
export async function sendEmail(
  parts: {
    server: SmtpServer
    from: string | null
    to: readonly string[]
    rule: AddressRule | null
    lookup: typeof resolveHost
    timeoutMs: number
    ca?: string | undefined
  },
  notice: Notice,
  signal?: AbortSignal,
): Promise<Sent> {
  const { server, to, timeoutMs } = parts
  const attempt = beginAttempt(timeoutMs, signal)
  try {
    const address = await beforeAbort(attempt.signal, resolve(parts))
    const transport = nodemailer.createTransport({
      host: address,
      port: server.port,
      secure: server.secure,
      requireTLS: server.user !== null && !server.secure,
      ...(server.user !== null && { auth: { user: server.user, pass: server.password ?? '' } }),
      tls: {
        ...(isIP(server.host) === 0 && { servername: server.host }),
        minVersion: 'TLSv1.2',
        ...(parts.ca !== undefined && { ca: parts.ca }),
      },
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    try {
      const mail = emailOf(notice, { from: parts.from ?? defaultSender(server), to })
      const { accepted, rejected } = await transport.sendMail({ ...mail, signal: attempt.signal })
      const refused = rejected.length
      return {
        ok: true,
        error:
          refused === 0 ? null : `the server refused ${refused} of ${accepted.length + refused} recipients`,
      }
    } finally {
      transport.close()
    }
  } catch (error) {
    return attempt.isLate() ? unanswered(noAnswerWithin(timeoutMs)) : smtpFailure(error)
  } finally {
    attempt.end()
  }
}

/** The address of the server's host. Resolved here, so that the connection goes to the address that was checked. */
async function resolve({
  server,
  rule,
  lookup,
}: {
  server: SmtpServer
  rule: AddressRule | null
  lookup: typeof resolveHost
}): Promise<string> {
  const { host } = server
  if (isIP(host) !== 0) {
    if (rule?.refuses(host)) throw new RefusedAddress(rule.words(host))
    return host
  }
  const guarded = guardedLookup(lookup, rule ?? { refuses: () => false, words: () => '' })
  return new Promise((done, fail) => {
    guarded(host, { all: true }, (error, found) => {
      if (error) return fail(error)
      const all = found as LookupAddress[]
      done((all.find(({ family }) => family === 4) ?? all[0])?.address ?? host)
    })
  })
}

function beforeAbort<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((done, fail) => {
    const stop = () => fail(signal.reason)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(done, fail).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** What failed, by the codes of nodemailer, Node and SMTP. The server's words are left out: they may repeat a recipient. */
function smtpFailure(error: unknown): Sent {
  const { code, originalCode, responseCode } = error as Record<string, unknown>
  const answer = typeof responseCode === 'number' ? ` (SMTP ${responseCode})` : ''
  switch (code) {
    case 'EAUTH':
    case 'ENOAUTH':
      return unanswered(`the mail server refused the user name or the password${answer}`)
    case 'EENVELOPE':
      return unanswered(`the mail server refused the sender or all recipients${answer}`)
    case 'EMESSAGE':
      return { ...unanswered(`the mail server refused the message${answer}`), thisNoticeOnly: true }
    case 'ETLS':
      return unanswered(
        'the mail server offers no STARTTLS, which is required with a user name, or it failed; for TLS from the first byte use smtps://',
      )
    case 'EPROTOCOL':
      return unanswered(`the answer is not that of a mail server${answer}`)
    default:
      if (answer !== '') return unanswered(`the mail server failed${answer}`)
      return unanswered(noAnswerWords(typeof originalCode === 'string' ? { code: originalCode } : error))
  }
}
