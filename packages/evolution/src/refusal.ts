import { z } from 'zod'
import type { Refusal } from './evolution-error.ts'

/**
 * Evolution's error envelope. The number in `status` distinguishes it from success bodies, where it is the string
 * "SUCCESS".
 */
const envelope = z.object({ status: z.number(), response: z.object({ message: z.unknown().optional() }) })

/** The other error: HTTP 200 with `{"error":true}` (restart and connect). Success bodies carry `"error":false`. */
const errorDespiteSuccess = z.object({ error: z.literal(true), message: z.unknown().optional() })

/**
 * The text of a refusal of Evolution, or null when the body is none: then a proxy or another program answered, and
 * its status must not be read as Evolution's. Throws RangeError on nesting that JSON itself cannot write.
 */
export function refusalWords(status: number, body: unknown): string | null {
  const parsed = status < 300 ? errorDespiteSuccess.safeParse(body) : envelope.safeParse(body)
  if (!parsed.success) return null
  const message = 'response' in parsed.data ? parsed.data.response.message : parsed.data.message
  return flatWords(message).join('; ')
}

/** The message is a string, a list of strings, a list of lists of strings (schema), or a list of objects (unknown number). */
function flatWords(message: unknown): string[] {
  const entries: unknown[] = [message].flat(3)
  return entries
    .filter((entry) => entry !== null && entry !== undefined)
    .map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry)))
}

/** The words of Evolution 2.3.6 when a text is sent through an instance without a live connection. */
const DEAD_LINE = /connection closed|reading '(onWhatsApp|id|sendMessage|find|textMessage)'|^10(0\d|1[0-5])$/i

/**
 * The kind of refusal, by status and text: a closed connection is 500 or 400 depending on a cache, so status alone
 * misleads.
 */
export function refusalOf(call: string, status: number, words: string): Refusal {
  if (status === 401) return 'unauthorized'
  if (status === 403 && call === 'create') return 'name_taken'
  // An unknown route is a 404 too: a wrong address must never count as a deleted instance.
  if (status === 404) return isUnknownRoute(words) ? 'other' : 'not_found'
  if (/\bis not connected\b/i.test(words)) return 'not_connected'
  if (call === 'sendText' && DEAD_LINE.test(words)) return 'not_connected'
  return status === 400 || status === 422 ? 'invalid' : 'other'
}

/** Express's text for a path that no route serves, which Evolution wraps in its own envelope. */
export function isUnknownRoute(words: string): boolean {
  return /^Cannot (GET|POST|PUT|DELETE|PATCH) \//.test(words)
}

/**
 * Whether a refused act may have been carried out. A 4xx is decided before anything happens, but `sendText` wraps
 * whatever was thrown during the send, also after it, into a 400 ("Error: …", "[object Object]"). A closed connection
 * has sent nothing, and a 500 of `sendText` always comes from before the send.
 */
export function refusalMayHaveActed(call: string, status: number, refusal: Refusal, words: string): boolean {
  if (refusal === 'not_connected') return false
  if (status >= 500) return call !== 'sendText' || status !== 500
  return call === 'sendText' && status === 400 && /^(\w*(Error|Exception)\b|\[object )/.test(words)
}
