import type { lookup as resolveHost } from 'node:dns'
import type { Attempt } from './next-attempt.ts'
import { openPoster, type Poster } from './open-poster.ts'
import { webhookSignature } from './webhook-secret.ts'

/** From the call to the end of the answer's head, in milliseconds. */
const TIMEOUT_MS = 15_000

/** A body that is posted, and its id, which is the same for every repetition. */
export type SignedEvent = { id: string; body: string }

/** Posts events. One agent for all receivers of a process; it opens nothing before the first event. */
export type WebhookSender = {
  /** Posts an event, signed now. Never throws: no answer is an attempt without a status. */
  post(url: string, secret: string, event: SignedEvent, signal?: AbortSignal): Promise<Attempt>
  close(): Promise<void>
}

/** @param parts for tests: `lookup` resolves names, `timeoutMs` of a whole attempt */
export function openWebhookSender(
  parts: { lookup?: typeof resolveHost; timeoutMs?: number } = {},
): WebhookSender {
  const { timeoutMs = TIMEOUT_MS, ...rest } = parts
  const poster = openPoster(timeoutMs, rest)
  return {
    post: (url, secret, event, signal) => postSigned(poster, { url, secret }, event, signal),
    close: () => poster.close(),
  }
}

/** Posts an event with the three headers of Standard Webhooks, signed now. Never throws. */
export async function postSigned(
  poster: Poster,
  { url, secret }: { url: string; secret: string },
  { id, body }: SignedEvent,
  signal?: AbortSignal,
): Promise<Attempt> {
  const timestamp = Math.floor(Date.now() / 1_000)
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': webhookSignature(secret, id, timestamp, body),
  }
  const posted = await poster.post(url, { headers, body }, signal)
  return posted.status === null ? posted : { status: posted.status, retryAfterS: posted.retryAfterS }
}
