import { WEBHOOK_SECRET_HEADER } from '@zapfleet/core'

/**
 * What answers at the address of Evolution's webhooks. `ours`: this fleet; `unproven`: a zapfleet, and there is no
 * secret yet to identify it; `foreign`: a zapfleet of another fleet; `stranger`: something else.
 */
export type WebhookAddressReading =
  | { kind: 'ours' | 'unproven' | 'foreign' }
  | { kind: 'stranger'; words: string }
  | { kind: 'unreachable'; words: string }

const WITHIN_MS = 6_000

/**
 * Knocks at the webhook as Evolution would, with an event that is none, so nothing is followed. The secret is shown only
 * to what answered as a zapfleet does. Never throws.
 */
export async function checkWebhookAddress(
  publicUrl: string,
  secret: string | null,
): Promise<WebhookAddressReading> {
  const url = `${publicUrl.replace(/\/+$/, '')}/webhooks/evolution`
  try {
    const stranger = await knock(url, null)
    if (stranger.status !== 401 || !stranger.text.includes(WEBHOOK_SECRET_HEADER))
      return {
        kind: 'stranger',
        words: `${stranger.status} ${stranger.text.slice(0, 80).replaceAll(/\s+/g, ' ')}`.trim(),
      }
    if (secret === null) return { kind: 'unproven' }
    return { kind: (await knock(url, secret)).status === 401 ? 'foreign' : 'ours' }
  } catch (error) {
    const cause = (error as { cause?: { code?: unknown; message?: unknown } }).cause
    return { kind: 'unreachable', words: String(cause?.code ?? cause?.message ?? (error as Error).message) }
  }
}

async function knock(url: string, secret: string | null): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(secret === null ? {} : { [WEBHOOK_SECRET_HEADER]: secret }),
    },
    body: '{}',
    redirect: 'manual',
    signal: AbortSignal.timeout(WITHIN_MS),
  })
  return { status: answer.status, text: await answer.text() }
}
