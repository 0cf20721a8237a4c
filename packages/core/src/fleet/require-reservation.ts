import { isInPools, type SeenPools } from '../instance/in-pools.ts'
import { namesInPools } from '../instance/read-in-pools.ts'
import { unknownReservation } from '../reservation/reservation-id.ts'
import type { Fleet } from './fleet.ts'

/**
 * Refuses a reservation that a caller of these pools does not see, as one that does not exist. It sees its own, those that were made in one
 * of its pools, and, of those that were made in no pool, the ones on a number of its pools.
 *
 * @param owner the family of its key
 * @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE
 */
export async function requireReservation(
  fleet: Fleet,
  { id }: { id: string },
  { owner, pools }: { owner: string; pools: SeenPools },
): Promise<void> {
  if (pools === undefined) return
  const found = await fleet.sql.prisma.reservation.findUnique({
    where: { id },
    select: { owner: true, pool: true, instanceName: true },
  })
  if (found !== null) {
    if (found.owner === owner) return
    if (found.pool !== null && isInPools([found.pool], pools)) return
    if (found.pool === null && (await namesInPools(fleet, pools, [found.instanceName])).size > 0) return
  }
  throw unknownReservation(id)
}
