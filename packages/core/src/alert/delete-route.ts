import type { Ground } from '../ground/ground.ts'
import { type AlertRoute, ROUTE_FACTS, toRoute } from './alert-route.ts'
import { unknownRoute } from './list-routes.ts'

/**
 * Deletes a route and what waits for it, and returns the route as it was last. A delivery in flight may still arrive. What it received
 * stays in the history of alerts.
 *
 * @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE
 */
export async function deleteRoute(
  fleet: Pick<Ground, 'sql'>,
  { name }: { name: string },
): Promise<AlertRoute> {
  const { alertRoute, alertNotice } = fleet.sql.prisma
  const row = await alertRoute.findUnique({ where: { name }, select: ROUTE_FACTS })
  const { count } = await alertRoute.deleteMany({ where: { name } })
  if (row === null || count === 0) throw unknownRoute(name)
  await alertNotice.deleteMany({ where: { route: name, sentAt: null } })
  return toRoute(row)
}
