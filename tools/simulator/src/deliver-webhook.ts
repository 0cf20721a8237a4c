import { setMaxListeners } from 'node:events'
import { Agent, request } from 'undici'
import { NO_RETRY_STATUSES, retryDelayMs } from './webhook-event.ts'
import { scaled, type World } from './world.ts'

/** One attempt to deliver one event: `status` is the receiver's, or null when there was no answer. */
export type WebhookAttempt = {
  event: string
  instance: string
  /** Whether it went to the global webhook. */
  isGlobal: boolean
  url: string
  attempt: number
  status: number | null
  at: string
}

/** The sending side: its connections, its attempts, and the run of Evolution that the pending calls belong to. */
export type WebhookSender = {
  agent: Agent
  attempts: WebhookAttempt[]
  run: AbortController
}

const KEPT_ATTEMPTS = 20_000
const TIMEOUT_MS = 30_000

/** Creates the sending side. */
export const createWebhookSender = (): WebhookSender => ({
  agent: new Agent({ keepAliveTimeout: 1000, connect: { timeout: 10_000 } }),
  attempts: [],
  run: newRun(),
})

/** Drops every pending webhook call, as a restart of Evolution does: Evolution keeps them in memory only. */
export function forgetWebhooks(sender: WebhookSender): void {
  sender.run.abort()
  sender.run = newRun()
}

/** Ends every call and connection at once. */
export async function endWebhooks(sender: WebhookSender): Promise<void> {
  sender.run.abort()
  await sender.agent.destroy()
}

/** What became of a delivery: `done` is delivered, dropped or given up; `lost`: Evolution restarted meanwhile. */
export type Outcome = 'done' | 'lost'

/** One event for one receiver. `headers` are made for each attempt; `signal` ends with this run of Evolution. */
type Delivery = {
  event: string
  instance: string
  isGlobal: boolean
  url: string
  headers: () => Record<string, string>
  body: string
  signal: AbortSignal
}

/** Delivers an event to one webhook, with Evolution's retries. */
export async function deliverWebhook(world: World, delivery: Delivery): Promise<Outcome> {
  const { event, instance, isGlobal, url, headers, body, signal } = delivery
  for (let attempt = 1; attempt <= world.options.webhookAttempts; attempt++) {
    if (attempt > 1) await world.timers.pause(scaled(world, retryDelayMs(attempt - 1, Math.random())))
    if (signal.aborted) return 'lost'
    const status = await post(world, url, headers(), body, signal)
    if (signal.aborted) return 'lost'
    remember(world, { event, instance, isGlobal, url, attempt, status, at: world.now().toISOString() })
    if (status !== null && ((status >= 200 && status < 300) || NO_RETRY_STATUSES.includes(status)))
      return 'done'
  }
  world.options.log('webhook given up', { instance, event, isGlobal })
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

function newRun(): AbortController {
  const run = new AbortController()
  // A fleet in an outage has hundreds of calls in flight, and each listens to this signal.
  setMaxListeners(0, run.signal)
  return run
}
