import type { WebhookSettings } from '@zapfleet/evolution'
import { failureOf, onServerOf } from '../server/on-server.ts'
import { readWebhookSecret } from './read-webhook-secret.ts'
import { fleetWebhook, webhookOwner } from './webhook.ts'
import type { WebhookCall, WebhookServerCall } from './webhook-fleet.ts'

/**
 * `registered`: Evolution now sends us the events of this instance. `foreign`: another program's webhook is there, and was
 * not changed.
 */
export type WebhookRegistration = { registered: boolean; foreign: boolean }

/**
 * Sets our webhook on an instance that is on Evolution, when PUBLIC_URL is set; a repeated call corrects what was changed.
 * Another program's webhook stays: without ours, changes are found at the next poll instead of at once.
 *
 * @throws FleetError EVOLUTION_*, DATABASE_UNAVAILABLE; nothing was set then
 */
export async function registerWebhook(call: WebhookCall, name: string): Promise<WebhookRegistration> {
  return setOurWebhook(await onServerOf(call, name), name)
}

/** The same on the server of the call. */
export async function setOurWebhook(call: WebhookServerCall, name: string): Promise<WebhookRegistration> {
  if (call.fleet.publicUrl === null) return { registered: false, foreign: false }
  const ours = await ourWebhook(call, call.fleet.publicUrl)
  try {
    const found = await call.evolution.findWebhook(name)
    if (webhookOwner(found, ours) === 'another') {
      call.log.warn(
        { instance: name, webhook: addressOf(found?.url ?? '') },
        'another program has the webhook of this instance; its changes are found by polling',
      )
      return { registered: false, foreign: true }
    }
    await call.evolution.setWebhook(name, ours)
    return { registered: true, foreign: false }
  } catch (error) {
    throw failureOf(call, error)
  }
}

/**
 * Switches our webhook on an instance off, where it is ours and on. False where it is another program's.
 *
 * @throws EvolutionError; DATABASE_UNAVAILABLE
 */
export async function silenceWebhook(call: WebhookServerCall, name: string): Promise<boolean> {
  const found = await call.evolution.findWebhook(name)
  if (found === null || !found.enabled) return true
  if (call.fleet.publicUrl === null) return false
  const ours = await ourWebhook(call, call.fleet.publicUrl)
  if (webhookOwner(found, ours) !== 'us') return false
  await call.evolution.setWebhook(name, { ...ours, enabled: false, events: [] })
  return true
}

/**
 * Our webhook for the body of a create, so that not even the first event is missed; undefined when there is none to set.
 * Never throws: an instance without a webhook is polled like any other.
 */
export async function webhookForCreate(call: WebhookServerCall): Promise<WebhookSettings | undefined> {
  if (call.fleet.publicUrl === null) return undefined
  try {
    return await ourWebhook(call, call.fleet.publicUrl)
  } catch (error) {
    call.log.warn({ err: error }, 'an instance is created without webhook: its secret could not be read')
    return undefined
  }
}

/** Our webhook for the instances of a server. */
async function ourWebhook({ fleet, server }: WebhookServerCall, publicUrl: string): Promise<WebhookSettings> {
  return fleetWebhook(publicUrl, await readWebhookSecret(fleet), server)
}

/** Scheme and host of another program's address: the rest may hold its secrets. */
function addressOf(url: string): string {
  if (!URL.canParse(url)) return '(no URL)'
  const { protocol, host } = new URL(url)
  return `${protocol}//${host}`
}
