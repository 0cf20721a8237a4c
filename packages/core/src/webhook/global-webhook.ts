import { createHmac } from 'node:crypto'

/**
 * The secret in the address of Evolution's global webhook, which sends no header. It is derived from the fleet's secret, so every
 * process has the same one, and it does not reveal the other.
 */
export function globalWebhookSecret(fleetSecret: string): string {
  return createHmac('sha256', fleetSecret).update('global webhook').digest('base64url')
}

/** The address for `WEBHOOK_GLOBAL_URL` of Evolution's environment. Who has it can report outcomes: show it to admins alone. */
export function globalWebhookUrl(publicUrl: string, fleetSecret: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/webhooks/evolution/global/${globalWebhookSecret(fleetSecret)}`
}
