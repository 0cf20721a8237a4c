import type { Poster } from '../endpoint/open-poster.ts'
import { failedBy, headlineOf, type Notice, type Sent, shortened, unanswered } from './notice.ts'

/** Slack cuts longer texts. */
const TEXT_MAX = 3_500
/** The answers of Slack are one word, such as invalid_token. */
const WORD = /^[a-z_]{1,60}$/
const ANSWER_BYTES = 200

/** The body of an incoming webhook of Slack: the title in bold, and the text. `&`, `<` and `>` are escaped as Slack describes. */
export function slackBody(notice: Notice): string {
  const { text } = notice
  const bold = `*${escaped(headlineOf(notice)).replaceAll('*', '∗')}*`
  const whole = text === '' ? bold : `${bold}\n${shortened(escaped(text), TEXT_MAX)}`
  return JSON.stringify({ text: whole, unfurl_links: false, unfurl_media: false })
}

/** Posts a notice to an incoming webhook of Slack, or of a program that takes the same. Never throws; errors hold nothing of the URL's path. */
export async function sendSlack(
  poster: Poster,
  { webhookUrl }: { webhookUrl: string },
  notice: Notice,
  signal?: AbortSignal,
): Promise<Sent> {
  const posted = await poster.post(webhookUrl, { body: slackBody(notice), readBytes: ANSWER_BYTES }, signal)
  if (posted.status === null) return unanswered(posted.error)
  const { status, retryAfterS } = posted
  if (status >= 200 && status < 300) return { ok: true, error: null }
  const word = posted.text.trim()
  const hint = [403, 404, 410].includes(status) ? 'create a new incoming webhook and set its URL' : ''
  return failedBy(status, [WORD.test(word) ? word : '', hint].filter(Boolean).join('; '), retryAfterS)
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
