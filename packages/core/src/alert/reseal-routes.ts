import { resealAll } from '../ground/reseal-all.ts'
import { sealPurpose } from './alert-route.ts'
import type { RouteFleet } from './route-fleet.ts'

/** Encrypts the secrets of alert routes anew, see `resealAll`. @throws FleetError DATABASE_UNAVAILABLE */
export async function resealRoutes({ sql, sealer }: Pick<RouteFleet, 'sql' | 'sealer'>): Promise<number> {
  if (sealer === null) return 0
  const { alertRoute } = sql.prisma
  const rows = await alertRoute.findMany({ select: { name: true, sealed: true } })
  return resealAll(sealer, rows, sealPurpose, (name, sealed, fresh) =>
    alertRoute.updateMany({ where: { name, sealed }, data: { sealed: fresh } }),
  )
}
