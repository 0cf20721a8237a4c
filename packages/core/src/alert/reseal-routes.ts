import { sealPurpose } from './alert-route.ts'
import type { RouteFleet } from './route-fleet.ts'

/**
 * Encrypts by the present ZAPFLEET_SECRET what the previous one encrypted, so that the previous one can be removed. Secrets that neither
 * opens stay as they are.
 *
 * @returns how many were changed
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function resealRoutes({ sql, sealer }: Pick<RouteFleet, 'sql' | 'sealer'>): Promise<number> {
  if (sealer === null) return 0
  const { alertRoute } = sql.prisma
  const rows = await alertRoute.findMany({ select: { name: true, sealed: true } })
  let changed = 0
  for (const { name, sealed } of rows) {
    if (sealed === null || !sealer.hasKeyOf(sealed)) continue
    const fresh = sealer.reseal(sealed, sealPurpose(name))
    if (fresh === null) continue
    const { count } = await alertRoute.updateMany({ where: { name, sealed }, data: { sealed: fresh } })
    changed += count
  }
  return changed
}
