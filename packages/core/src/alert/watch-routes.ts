import { repeatUntil } from '../ground/repeat-until.ts'
import { singleFlights } from '../ground/single-flight.ts'
import { DELIVERY_PLAN, type DeliveryPlan, deliverNotices } from './deliver-notices.ts'
import { readDueRoutes } from './read-notices.ts'
import { resealRoutes } from './reseal-routes.ts'
import type { RouteCall } from './route-fleet.ts'

const POLL_EVERY_MS = 2_000

/**
 * What the leading scheduler does for alert routes until `signal` aborts: sends the notices that are due, for each route independently of
 * the others, so that a slow or broken one delays none. Never rejects.
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
  await repeatUntil(
    signal,
    { everyMs: pollEveryMs, failed: 'alert routes could not be read', log },
    async () => {
      for (const route of await readDueRoutes(fleet)) void deliveries.run(route, () => deliver(route))
    },
  )
  await deliveries.idle()
}
