import { hintInstance } from '../health/hint-instance.ts'
import { INSTANCE_LIMITS } from '../instance/limits.ts'
import type { WebhookEvent } from './webhook-event.ts'
import type { WebhookCall } from './webhook-fleet.ts'

/**
 * Handles an event of an authentic webhook: the live state of its instance is read soon, and only that is used. A repeated
 * event (its body holds instance, event and time), one that we did not subscribe to, and one of an instance that is not ours
 * are ignored. Returns at once and never throws.
 *
 * @param body the bytes as received
 */
export function receiveWebhook(
  call: WebhookCall,
  event: WebhookEvent,
  body: Uint8Array,
): 'followed' | 'repeated' | 'ignored' {
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
