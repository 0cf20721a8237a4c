import { Prisma } from '../ground/generated/client.ts'
import type { Ground } from '../ground/ground.ts'
import type { Act, ActEnd } from './audit-entry.ts'

/**
 * Writes down that an act begins. What cannot be written down must not be done: nothing happens without a row.
 *
 * @returns the id for `endAct`
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function beginAct(fleet: Pick<Ground, 'sql' | 'clock'>, act: Act): Promise<string> {
  const { requestId, key, address, target, before } = act
  const at = fleet.clock()
  const { id } = await fleet.sql.prisma.auditEntry.create({
    data: {
      // Without it the database writes the moment by its own clock.
      ...(at !== null && { at }),
      requestId,
      keyId: key.id,
      keyLabel: key.label,
      address,
      act: act.act,
      target,
      before: stored(before),
    },
    select: { id: true },
  })
  return String(id)
}

/** Records how an act ended. @throws FleetError DATABASE_UNAVAILABLE: the row then has no end */
export async function endAct(fleet: Pick<Ground, 'sql'>, id: string, end: ActEnd): Promise<void> {
  const { outcome, target, after, tookMs } = end
  await fleet.sql.prisma.auditEntry.updateMany({
    where: { id: BigInt(id) },
    data: {
      outcome,
      ...(target !== undefined && { target }),
      after: stored(after),
      tookMs: Math.round(tookMs),
    },
  })
}

/** An object as the JSON column takes it: without keys that are undefined; null is the database's null. */
function stored(value: object | null): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === null ? Prisma.DbNull : JSON.parse(JSON.stringify(value))
}
