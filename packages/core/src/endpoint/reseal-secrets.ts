import type { EndpointFleet } from './endpoint-fleet.ts'
import { purposeOf } from './webhook-endpoint.ts'

/**
 * Encrypts by the present ZAPFLEET_SECRET what the previous one encrypted, so that the previous one can be removed. Secrets that neither
 * opens stay as they are.
 *
 * @returns how many were changed
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function resealSecrets({ sql, sealer }: Pick<EndpointFleet, 'sql' | 'sealer'>): Promise<number> {
  if (sealer === null) return 0
  const { webhookEndpoint } = sql.prisma
  const rows = await webhookEndpoint.findMany({ select: { name: true, sealedSecret: true } })
  let changed = 0
  for (const { name, sealedSecret } of rows) {
    if (!sealer.hasKeyOf(sealedSecret)) continue
    const fresh = sealer.reseal(sealedSecret, purposeOf(name))
    if (fresh === null) continue
    const { count } = await webhookEndpoint.updateMany({
      where: { name, sealedSecret },
      data: { sealedSecret: fresh },
    })
    changed += count
  }
  return changed
}
