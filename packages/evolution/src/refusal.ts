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

/** The kind of refusal, by status and text. */
export function refusalOf(call: string, status: number, words: string): Refusal {
  if (status === 401) return 'unauthorized'
  if (status === 403 && call === 'create') return 'name_taken'
  // An unknown route is a 404 too: a wrong address must never count as a deleted instance.
  if (status === 404) return isUnknownRoute(words) ? 'other' : 'not_found'
  if (/\bis not connected\b/i.test(words)) return 'not_connected'
  return status === 400 || status === 422 ? 'invalid' : 'other'
}

/** Express's text for a path that no route serves, which Evolution wraps in its own envelope. */
export function isUnknownRoute(words: string): boolean {
  return /^Cannot (GET|POST|PUT|DELETE|PATCH) \//.test(words)
}

/** Whether a refused act may have been carried out: a 4xx is decided before anything happens. */
export function refusalMayHaveActed(status: number, refusal: Refusal): boolean {
  return status >= 500 && refusal !== 'not_connected'
}
