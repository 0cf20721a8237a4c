import { createHmac } from 'node:crypto'
import { serverSecret } from './server-secret.ts'

/**
 * The secret in the address of the global webhook of a server, which sends no header. It is derived from the fleet's secret, so every
 * process has the same one, and it does not reveal the other.
 */
export function globalWebhookSecret(fleetSecret: string, server: string): string {
  return createHmac('sha256', serverSecret(fleetSecret, server)).update('global webhook').digest('base64url')
}

/** The address for `WEBHOOK_GLOBAL_URL` of the environment of a server. Who has it can report outcomes: show it to admins alone. */
export function globalWebhookUrl(publicUrl: string, fleetSecret: string, server: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/webhooks/evolution/global/${globalWebhookSecret(fleetSecret, server)}`
}
