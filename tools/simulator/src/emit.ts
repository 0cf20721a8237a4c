import { deliverWebhook, type Outcome } from './deliver-webhook.ts'
import { globalDestination, globalUrl, wantsGlobally } from './global-webhook.ts'
import type { Instance } from './instance.ts'
import { commonHeaders, dottedEvent, eventContent, eventHeaders, eventUrl } from './webhook-event.ts'
import { wantsEvent } from './webhook-row.ts'
import type { World } from './world.ts'

/**
 * Sends an event: at once to the websocket, to the instance's webhook with all its retries, and after these to the global webhook.
 * Resolves `done` when the instance's webhook was delivered, dropped or given up (Evolution does not distinguish these), `lost` when
 * Evolution restarted meanwhile. `data` may be a function; it is called only when there is a receiver.
 */
export async function emit(
  world: World,
  instance: Instance,
  event: string,
  data: unknown | (() => Promise<unknown>),
): Promise<Outcome> {
  const own = wantsEvent(instance.webhook, event) ? instance.webhook : null
  const { globalWebhook } = world
  const global = globalWebhook !== null && wantsGlobally(globalWebhook, event) ? globalWebhook : null
  const isOnSocket = world.websocket?.wants(instance, event) === true
  if (own === null && global === null && !isOnSocket) return 'done'
  // Evolution reads the webhook from its database for each event.
  if (world.databaseAway) return 'lost'
  const { signal } = world.webhooks.run
  const at = world.now()
  const payload = typeof data === 'function' ? await data() : data
  if (signal.aborted) return 'lost'
  const content = eventContent(world, instance, event, payload, at)
  const instanceUrl = instance.webhook?.url

  const send = async (): Promise<Outcome> => {
    if (isOnSocket) world.websocket?.send(instance, event, dottedEvent(event), content)
    const told =
      own === null
        ? Promise.resolve<Outcome>('done')
        : deliverWebhook(world, {
            event,
            instance: instance.name,
            isGlobal: false,
            url: eventUrl(own, event),
            headers: () => eventHeaders(own, world.now()),
            body: JSON.stringify({ ...content, destination: own.url }),
            signal,
          })
    if (global !== null) {
      void told.then((outcome) => {
        if (outcome === 'lost') return
        void deliverWebhook(world, {
          event,
          instance: instance.name,
          isGlobal: true,
          url: globalUrl(global, event),
          headers: commonHeaders,
          body: JSON.stringify({ ...content, destination: globalDestination(instanceUrl, global, event) }),
          signal,
        })
      })
    }
    return told
  }
  const { times, withinMs } = world.eventCopies
  if (times === 1 && withinMs === 0) return send()
  if (!/^SEND_MESSAGE|^MESSAGES_/.test(event)) return send()
  for (let copy = 0; copy < times; copy++)
    world.timers.after(withinMs * Math.random(), () => {
      if (!signal.aborted) void send()
    })
  return 'done'
}
