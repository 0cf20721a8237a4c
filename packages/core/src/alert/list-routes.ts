import { FleetError } from '../ground/fleet-error.ts'
import type { Ground } from '../ground/ground.ts'
import { type AlertRoute, ROUTE_FACTS, toRoute } from './alert-route.ts'

/** Every route, by name, without its secrets. @throws FleetError DATABASE_UNAVAILABLE */
export async function listRoutes(fleet: Pick<Ground, 'sql'>): Promise<AlertRoute[]> {
  const rows = await fleet.sql.prisma.alertRoute.findMany({ select: ROUTE_FACTS, orderBy: { name: 'asc' } })
  return rows.map(toRoute)
}

/** One route by its name. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function getRoute(fleet: Pick<Ground, 'sql'>, { name }: { name: string }): Promise<AlertRoute> {
  const row = await fleet.sql.prisma.alertRoute.findUnique({ where: { name }, select: ROUTE_FACTS })
  if (row === null) throw unknownRoute(name)
  return toRoute(row)
}

/** The refusal of a name that no route has. */
export function unknownRoute(name: string): FleetError {
  const shown = JSON.stringify(name.slice(0, 50))
  return new FleetError('NOT_FOUND', `There is no alert route ${shown}. alertRoute.list shows the names.`)
}
