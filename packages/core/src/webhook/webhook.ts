import type { Webhook, WebhookSettings } from '@zapfleet/evolution'
import { MESSAGE_EVENTS } from '../outcome/message-events.ts'
import { DEFAULT_SERVER } from '../server/server-names.ts'
import { serverSecret } from './server-secret.ts'

/** Events about a number's connection and its QR code: its live state is read after each. */
export const CONNECTION_EVENTS = [
  'CONNECTION_UPDATE',
  'STATUS_INSTANCE',
  'LOGOUT_INSTANCE',
  'REMOVE_INSTANCE',
  'QRCODE_UPDATED',
] as const

export type ConnectionEventName = (typeof CONNECTION_EVENTS)[number]

/** The events that we subscribe to: those of the connection, and those about messages. */
const WEBHOOK_EVENTS = [...CONNECTION_EVENTS, ...MESSAGE_EVENTS] as const

/** The header in which Evolution sends the fleet's secret back. It identifies the sender and signs nothing. */
export const WEBHOOK_SECRET_HEADER = 'x-zapfleet-webhook'

/** Where a server sends events to. @param publicUrl without a slash at its end */
export function webhookUrl(publicUrl: string, server: string): string {
  const path = server === DEFAULT_SERVER ? '' : `/servers/${server}`
  return `${publicUrl}/webhooks/evolution${path}`
}

/** The fleet's webhook as it is set on an instance of a server. @param fleetSecret see `readWebhookSecret` */
export function fleetWebhook(publicUrl: string, fleetSecret: string, server: string): WebhookSettings {
  return {
    url: webhookUrl(publicUrl, server),
    events: WEBHOOK_EVENTS,
    headers: { [WEBHOOK_SECRET_HEADER]: serverSecret(fleetSecret, server) },
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
