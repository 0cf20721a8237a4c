import { hintInstance } from '../health/hint-instance.ts'
import { INSTANCE_LIMITS } from '../instance/limits.ts'
import type { EventSource } from '../outcome/event-batch.ts'
import { readMessageEvents } from '../outcome/message-events.ts'
import { takeServerEvents } from '../outcome/take-events.ts'
import type { WebhookEvent } from './webhook-event.ts'
import type { WebhookCall } from './webhook-fleet.ts'

/** An event as it arrived: what `readWebhookEvent` read of it, its JSON, and the bytes. */
export type ReceivedEvent = { event: WebhookEvent; json: unknown; body: Uint8Array }

/**
 * Handles an event of an authentic webhook of this server. After one about the connection the live state of its instance is read soon, and only that
 * is used; a repeated one (its body holds instance, event and time) is ignored. One about messages is taken in and causes no reading.
 * Any other, and one of an instance that is not ours, is ignored. Returns at once and never throws.
 */
export function receiveWebhook(
  call: WebhookCall,
  server: string,
  source: EventSource,
  { event, json, body }: ReceivedEvent,
): 'taken' | 'followed' | 'repeated' | 'ignored' {
  const messages = readMessageEvents(json)
  if (messages !== null) {
    takeServerEvents(call.fleet, server, source, messages)
    return 'taken'
  }
  if (
    event.event === null ||
    event.instance.length > INSTANCE_LIMITS.nameMaxLength ||
    event.instance.includes('\0')
  )
    return 'ignored'
  if (call.fleet.webhooks.isRepeated(body)) return 'repeated'
  call.log.debug({ instance: event.instance, event: event.event }, 'a webhook event was received')
  hintInstance(call, event.instance, 'webhook')
  return 'followed'
}
