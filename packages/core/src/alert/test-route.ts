import { newId } from '../ground/new-id.ts'
import { readInstant } from '../ground/read-moment.ts'
import { noSealer } from '../ground/seal.ts'
import { type AlertRoute, kindOf, languageOf, type RouteAddress } from './alert-route.ts'
import { getRoute, unknownRoute } from './list-routes.ts'
import { testNotice } from './notice-content.ts'
import type { RouteFleet } from './route-fleet.ts'
import { targetOf } from './route-target.ts'
import { wakeNotices } from './store-notices.ts'
import { openSecrets } from './stored-target.ts'

/**
 * Sends a test message by a route from this process, once, waits up to 10 s for the answer, and returns the route with the result in
 * `lastDelivery`. After a success, alerts that wait for a repetition are due at once.
 *
 * @throws FleetError NOT_FOUND; INVALID_STATE without ZAPFLEET_SECRET, or when its secret cannot be opened; DATABASE_UNAVAILABLE
 */
export async function testRoute(fleet: RouteFleet, { name }: { name: string }): Promise<AlertRoute> {
  const { alertRoute } = fleet.sql.prisma
  const row = await alertRoute.findUnique({ where: { name } })
  if (row === null) throw unknownRoute(name)
  if (fleet.sealer === null) throw noSealer()
  const secrets = openSecrets(fleet.sealer, row)
  const target = targetOf(kindOf(row.kind), row.address as Partial<RouteAddress>, secrets)
  const { pageUrl } = fleet
  const made = { id: newId(), at: await readInstant(fleet) }
  const notice = testNotice(made, { language: languageOf(row.language), pageUrl })
  const sent = await fleet.alertSender.send(target, notice)
  await alertRoute.updateMany({
    where: { name },
    data: {
      lastDeliveryAt: await readInstant(fleet),
      lastDeliveryOk: sent.ok,
      lastDeliveryError: sent.error,
    },
  })
  if (sent.ok) await wakeNotices(fleet, name, { deferred: false })
  return getRoute(fleet, { name })
}
