import { repeatUntil } from '../ground/repeat-until.ts'
import { singleFlights } from '../ground/single-flight.ts'
import { DELIVERY_PLAN, type DeliveryPlan, deliverNotices } from './deliver-notices.ts'
import { readDueRoutes } from './read-notices.ts'
import { resealRoutes } from './reseal-routes.ts'
import type { RouteCall } from './route-fleet.ts'

const POLL_EVERY_MS = 2_000

/**
 * What the leading scheduler does for alert routes until `signal` aborts: sends the notices that are due, for each route independently of
 * the others, so that a slow or broken one delays none. While there is no route, it waits for a notification. Never rejects.
 *
 * @param options for tests
 */
export async function watchRoutes(
  call: RouteCall,
  signal: AbortSignal,
  { pollEveryMs = POLL_EVERY_MS, plan = DELIVERY_PLAN }: { pollEveryMs?: number; plan?: DeliveryPlan } = {},
): Promise<void> {
  const { fleet, log } = call
  const deliveries = singleFlights<void>()
  const deliver = (route: string): Promise<void> =>
    deliverNotices(call, route, { plan, signal }).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ route, err: error }, 'alerts for a route could not be read or stored')
    })
  await resealRoutes(fleet).then(
    (changed) => {
      if (changed > 0)
        log.info({ changed }, 'secrets of alert routes are encrypted by the present ZAPFLEET_SECRET')
    },
    (error) => log.warn({ err: error }, 'secrets of alert routes could not be encrypted anew'),
  )
  const failed = 'alert routes could not be read'
  let routes = 0
  const everyMs = (): number => fleet.receiverNotices.restMs(routes, pollEveryMs)
  await repeatUntil(signal, { everyMs, failed, log, onWake: fleet.receiverNotices.on }, async () => {
    const { due, all } = await readDueRoutes(fleet)
    routes = all
    for (const route of due) void deliveries.run(route, () => deliver(route))
  })
  await deliveries.idle()
}
