import { CONNECTION_EVENTS, type ConnectionEventName } from './webhook.ts'

/**
 * The part of an event that is used: its instance, and its kind, null for those that are not about its connection. The state in
 * it is not read: events are unsigned, unordered, and may be minutes late.
 */
export type WebhookEvent = { instance: string; event: ConnectionEventName | null }

/**
 * Reads the body of a call of Evolution's webhook; null when it is none. Evolution subscribes by CONNECTION_UPDATE and
 * sends connection.update; both are understood.
 */
export function readWebhookEvent(body: unknown): WebhookEvent | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return null
  const { event, instance } = body as { event?: unknown; instance?: unknown }
  if (typeof event !== 'string' || event === '') return null
  if (typeof instance !== 'string' || instance === '') return null
  const name = event.toUpperCase().replaceAll(/[.-]/g, '_')
  return { instance, event: CONNECTION_EVENTS.find((known) => known === name) ?? null }
}
