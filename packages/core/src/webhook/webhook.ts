import type { Webhook, WebhookSettings } from '@zapfleet/evolution'

/** The events that we subscribe to: changes of a number's connection, and of its QR code. */
export const WEBHOOK_EVENTS = [
  'CONNECTION_UPDATE',
  'STATUS_INSTANCE',
  'LOGOUT_INSTANCE',
  'REMOVE_INSTANCE',
  'QRCODE_UPDATED',
] as const

export type WebhookEventName = (typeof WEBHOOK_EVENTS)[number]

/** The header in which Evolution sends the fleet's secret back. It identifies the sender and signs nothing. */
export const WEBHOOK_SECRET_HEADER = 'x-zapfleet-webhook'

/** Where Evolution sends events to. */
function webhookUrl(publicUrl: string): string {
  return `${publicUrl}/webhooks/evolution`
}

/** The fleet's webhook as it is set on an instance. */
export function fleetWebhook(publicUrl: string, secret: string): WebhookSettings {
  return {
    url: webhookUrl(publicUrl),
    events: WEBHOOK_EVENTS,
    headers: { [WEBHOOK_SECRET_HEADER]: secret },
  }
}

/**
 * The owner of an instance's webhook. An instance has only one, so another program's must not be replaced, even while it is
 * switched off. Ours is identified by its address, or by the secret after PUBLIC_URL was changed.
 */
export function webhookOwner(found: Webhook | null, ours: WebhookSettings): 'none' | 'us' | 'another' {
  if (found === null || found.url.trim() === '') return 'none'
  if (found.url === ours.url) return 'us'
  const sameSecret = Object.entries(found.headers).some(
    ([name, value]) =>
      name.toLowerCase() === WEBHOOK_SECRET_HEADER && value === ours.headers?.[WEBHOOK_SECRET_HEADER],
  )
  return sameSecret ? 'us' : 'another'
}
