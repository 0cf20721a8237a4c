import { setMaxListeners } from 'node:events'
import { Agent, request } from 'undici'
import type { Instance } from './instance.ts'
import { eventBody, eventHeaders, eventUrl, NO_RETRY_STATUSES, retryDelayMs } from './webhook-event.ts'
import { wantsEvent } from './webhook-row.ts'
import { scaled, type World } from './world.ts'

/** One try to deliver one event: `status` is the receiver's, or null when nobody answered. */
export type WebhookAttempt = {
  event: string
  instance: string
  url: string
  attempt: number
  status: number | null
  at: string
}

/** The outgoing side: its connections, what it tried, and the life of Evolution the pending calls belong to. */
export type WebhookSender = {
  agent: Agent
  attempts: WebhookAttempt[]
  life: AbortController
}

const KEPT_ATTEMPTS = 20_000
const TIMEOUT_MS = 30_000

/** Makes the outgoing side. */
export const createWebhookSender = (): WebhookSender => ({
  agent: new Agent({ keepAliveTimeout: 1000, connect: { timeout: 10_000 } }),
  attempts: [],
  life: newLife(),
})

/** Loses every pending webhook call, as a restart of Evolution does: they live in memory only. */
export function forgetWebhooks(sender: WebhookSender): void {
  sender.life.abort()
  sender.life = newLife()
}

/** Ends every call and connection at once. */
export async function endWebhooks(sender: WebhookSender): Promise<void> {
  sender.life.abort()
  await sender.agent.destroy()
}

/**
 * Sends an event to the instance's webhook, if it wants this one, and tries again as Evolution does. Resolves `done`
 * when it was delivered, dropped or given up (nobody learns which), `lost` when Evolution restarted meanwhile.
 * `data` may be a function, called only when somebody listens.
 */
export async function emit(
  world: World,
  instance: Instance,
  event: string,
  data: unknown | (() => Promise<unknown>),
): Promise<'done' | 'lost'> {
  const row = instance.webhook
  if (!wantsEvent(row, event)) return 'done'
  // Evolution reads the webhook from its database at each event.
  if (world.databaseAway) return 'lost'
  const { signal } = world.webhooks.life
  const at = world.now()
  const payload = typeof data === 'function' ? await data() : data
  const body = eventBody(instance, row, event, payload, at, world.url)
  const url = eventUrl(row, event)
  for (let attempt = 1; attempt <= world.options.webhookAttempts; attempt++) {
    if (attempt > 1) await world.timers.pause(scaled(world, retryDelayMs(attempt - 1, Math.random())))
    if (signal.aborted) return 'lost'
    const status = await post(world, url, eventHeaders(row, world.now()), body, signal)
    if (signal.aborted) return 'lost'
    remember(world, { event, instance: instance.name, url, attempt, status, at: world.now().toISOString() })
    if (status !== null && ((status >= 200 && status < 300) || NO_RETRY_STATUSES.includes(status)))
      return 'done'
  }
  world.options.log('webhook given up', { instance: instance.name, event, url })
  return 'done'
}

async function post(
  world: World,
  url: string,
  headers: Record<string, string>,
  body: string,
  signal: AbortSignal,
): Promise<number | null> {
  try {
    const answer = await request(url, {
      method: 'POST',
      headers,
      body,
      signal,
      dispatcher: world.webhooks.agent,
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
    })
    await answer.body.dump()
    return answer.statusCode
  } catch {
    return null
  }
}

function remember(world: World, attempt: WebhookAttempt): void {
  const { attempts } = world.webhooks
  attempts.push(attempt)
  if (attempts.length > KEPT_ATTEMPTS) attempts.splice(0, KEPT_ATTEMPTS / 2)
}

function newLife(): AbortController {
  const life = new AbortController()
  // A fleet's storm has hundreds of calls in flight; all of them listen to the one signal.
  setMaxListeners(0, life.signal)
  return life
}
