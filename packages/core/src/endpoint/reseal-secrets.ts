import { resealAll } from '../ground/reseal-all.ts'
import type { EndpointFleet } from './endpoint-fleet.ts'
import { purposeOf } from './webhook-endpoint.ts'

/** Encrypts the secrets of webhook endpoints anew, see `resealAll`. @throws FleetError DATABASE_UNAVAILABLE */
export async function resealSecrets({ sql, sealer }: Pick<EndpointFleet, 'sql' | 'sealer'>): Promise<number> {
  if (sealer === null) return 0
  const { webhookEndpoint } = sql.prisma
  const found = await webhookEndpoint.findMany({ select: { name: true, sealedSecret: true } })
  const rows = found.map(({ name, sealedSecret }) => ({ name, sealed: sealedSecret }))
  return resealAll(sealer, rows, purposeOf, (name, sealedSecret, fresh) =>
    webhookEndpoint.updateMany({ where: { name, sealedSecret }, data: { sealedSecret: fresh } }),
  )
}
