import type { Poster } from '../endpoint/open-poster.ts'
import { failedBy, headlineOf, type Notice, type Sent, shortened, unanswered } from './notice.ts'

/** Telegram takes 4,096 characters. */
const TEXT_MAX = 3_900
const ANSWER_BYTES = 4_096
const WORDS_MAX = 200

/** The body of sendMessage: the title in bold, and the text. */
export function telegramBody(chatId: string, notice: Notice): string {
  const { text } = notice
  const title = headlineOf(notice)
  const short = shortened(text === '' ? title : `${title}\n${text}`, TEXT_MAX)
  return JSON.stringify({
    chat_id: chatId,
    text: short,
    // By position, so that no character of the text needs an escape.
    entities: [{ type: 'bold', offset: 0, length: Math.min(title.length, short.length) }],
    link_preview_options: { is_disabled: true },
  })
}

/**
 * Sends a notice by the Bot API. Never throws; errors do not hold the token, which is part of the address.
 *
 * @param apiUrl such as https://api.telegram.org
 * @see https://core.telegram.org/bots/api#sendmessage
 */
export async function sendTelegram(
  poster: Poster,
  { apiUrl, botToken, chatId }: { apiUrl: string; botToken: string; chatId: string },
  notice: Notice,
  signal?: AbortSignal,
): Promise<Sent> {
  const url = `${apiUrl.replace(/\/+$/, '')}/bot${botToken}/sendMessage`
  const posted = await poster.post(
    url,
    { body: telegramBody(chatId, notice), readBytes: ANSWER_BYTES },
    signal,
  )
  if (posted.status === null) return unanswered(posted.error)
  const { status } = posted
  const answer = readAnswer(posted.text)
  if (answer?.ok === true) return { ok: true, error: null }
  if (answer === null && status >= 200 && status < 300)
    return unanswered(`HTTP ${status}, but the answer is none of Telegram's Bot API`)
  const words = [shownWords(answer?.description ?? '', botToken), hintOf(status, answer)]
  return failedBy(
    status,
    words.filter(Boolean).join('; '),
    answer?.parameters?.retry_after ?? posted.retryAfterS,
  )
}

type Answer = {
  ok?: boolean
  description?: string
  parameters?: { retry_after?: number; migrate_to_chat_id?: number }
}

function readAnswer(text: string): Answer | null {
  try {
    const { ok, description, parameters } = JSON.parse(text) as Record<string, unknown>
    const { retry_after: retryAfter, migrate_to_chat_id: newChat } = (parameters ?? {}) as Record<
      string,
      unknown
    >
    return {
      ok: ok === true,
      ...(typeof description === 'string' && { description }),
      parameters: {
        ...(isSeconds(retryAfter) && { retry_after: retryAfter }),
        ...(typeof newChat === 'number' && { migrate_to_chat_id: newChat }),
      },
    }
  } catch {
    return null
  }
}

const isSeconds = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0

/** Telegram's words on one line, without the token. */
function shownWords(description: string, botToken: string): string {
  const line = description.replaceAll(botToken, '***').replace(/\s+/g, ' ').trim()
  return [...line].slice(0, WORDS_MAX).join('')
}

function hintOf(status: number, answer: Answer | null): string {
  const moved = answer?.parameters?.migrate_to_chat_id
  if (moved !== undefined) return `the group has a new id, ${moved}: set it as the chat`
  if (status === 401 || status === 404)
    return 'the token is not that of a bot: set the one that BotFather shows'
  if (status === 403) return 'add the bot to the chat, or write to it once'
  return ''
}
