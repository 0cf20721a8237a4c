import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Fleet } from '../fleet/fleet.ts'
import { hintInstance } from '../health/hint-instance.ts'
import type { WebhookEvent } from './webhook-event.ts'

/** Events that are remembered, to know their repetitions: Evolution repeats for some 20 minutes. */
const REMEMBERED = 10_000
/** No instance of the fleet has a longer name. */
const NAME_MAX_LENGTH = 50

const remembered = new WeakMap<Fleet['sql'], LRUCache<string, true>>()

/**
 * Follows an event of an authentic webhook: the live state of its instance is read soon, and only that is believed. The
 * same event again (its body holds instance, event and time), one we did not ask for, and one of an instance that is not
 * ours are ignored. Returns at once and never throws.
 *
 * @param body the very bytes that came
 */
export function receiveWebhook(
  fleet: Fleet,
  event: WebhookEvent,
  body: Uint8Array,
): 'followed' | 'repeated' | 'ignored' {
  if (event.event === null || event.instance.length > NAME_MAX_LENGTH || event.instance.includes('\0'))
    return 'ignored'
  const seen = remembered.get(fleet.sql) ?? new LRUCache<string, true>({ max: REMEMBERED })
  remembered.set(fleet.sql, seen)
  const digest = createHash('sha256').update(body).digest('base64url')
  if (seen.has(digest)) return 'repeated'
  seen.set(digest, true)
  fleet.log.debug({ instance: event.instance, event: event.event }, 'Evolution tells of an instance')
  hintInstance(fleet, event.instance, 'webhook')
  return 'followed'
}
