import type { Ground } from '../ground/ground.ts'
import { resealAll } from '../ground/reseal-all.ts'
import type { Sealer } from '../ground/seal.ts'
import { purposeOf } from './servers.ts'

/** Encrypts the keys of servers anew, see `resealAll`. @throws FleetError DATABASE_UNAVAILABLE */
export async function resealServerKeys({
  sql,
  sealer,
}: Pick<Ground, 'sql'> & { readonly sealer: Sealer | null }): Promise<number> {
  if (sealer === null) return 0
  const { server } = sql.prisma
  const found = await server.findMany({ select: { name: true, sealedKey: true } })
  const rows = found.map(({ name, sealedKey }) => ({ name, sealed: sealedKey }))
  return resealAll(sealer, rows, purposeOf, (name, sealedKey, fresh) =>
    server.updateMany({ where: { name, sealedKey }, data: { sealedKey: fresh } }),
  )
}
