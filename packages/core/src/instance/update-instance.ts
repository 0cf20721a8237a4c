import { onDatabase } from '../db/on-database.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { getInstance, unknownInstance } from './get-instance.ts'
import type { Instance } from './instance.ts'

export type UpdateInstanceInput = {
  name: string
  /** E.164; null clears it. */
  phoneNumber?: string | null | undefined
  hourlyCapacity?: number | undefined
  dailyCapacity?: number | undefined
  priority?: number | undefined
  paused?: boolean | undefined
}

/** Changes the settings that are given. A lower limit holds from the next claim on. @throws FleetError NOT_FOUND */
export async function updateInstance(fleet: Fleet, input: UpdateInstanceInput): Promise<Instance> {
  const { name, ...given } = input
  const data = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  const { count } = await onDatabase(() =>
    fleet.sql.prisma.instance.updateMany({ where: { name, removedAt: null }, data }),
  )
  if (count === 0) throw unknownInstance(name)
  await onDatabase(() => fleet.engine.snapshot.refreshNames([name]))
  fleet.log.info({ instance: name, changed: Object.keys(data) }, 'instance settings changed')
  return getInstance(fleet, { name })
}
