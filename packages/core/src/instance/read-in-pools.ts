import type { Ground } from '../ground/ground.ts'
import { getInstance, unknownInstance } from './get-instance.ts'
import { instanceInPools, isInPools, type SeenPools } from './in-pools.ts'
import type { Instance } from './instance.ts'

/**
 * Which instances, or which of these names, are in one of the pools now. Removed ones keep their tags.
 *
 * @param how.removed also those that were removed; default false
 * @throws FleetError DATABASE_UNAVAILABLE
 */
export async function namesInPools(
  { sql }: Pick<Ground, 'sql'>,
  pools: readonly string[],
  names?: readonly string[],
  { removed = false }: { removed?: boolean } = {},
): Promise<Set<string>> {
  if (names?.length === 0) return new Set()
  const rows = await sql.prisma.instance.findMany({
    where: {
      tags: { hasSome: [...pools] },
      ...(names === undefined ? {} : { name: { in: [...new Set(names)] } }),
      ...(removed ? {} : { removedAt: null }),
    },
    select: { name: true },
  })
  return new Set(rows.flatMap(({ name }) => name ?? []))
}

/** Refuses the name of an instance that a caller does not see, as one that does not exist. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function requireInPools(
  fleet: Pick<Ground, 'sql'>,
  name: string,
  pools: SeenPools,
  how: { removed?: boolean } = {},
): Promise<void> {
  if (pools === undefined) return
  if (!(await namesInPools(fleet, pools, [name], how)).has(name)) throw unknownInstance(name)
}

/** One instance as callers of these pools receive it, see `instanceInPools`. @throws FleetError DATABASE_UNAVAILABLE */
export async function limitInstance(
  fleet: Pick<Ground, 'sql'>,
  instance: Instance,
  pools: SeenPools,
): Promise<Instance> {
  if (pools === undefined) return instance
  const { duplicateOf } = instance
  const seen = await namesInPools(fleet, pools, duplicateOf === null ? [] : [duplicateOf])
  return instanceInPools(instance, pools, (name) => seen.has(name))
}

/** One instance as callers of these pools receive it. @throws FleetError NOT_FOUND, DATABASE_UNAVAILABLE */
export async function getInstanceInPools(
  fleet: Ground,
  input: { name: string },
  pools: SeenPools,
): Promise<Instance> {
  const instance = await getInstance(fleet, input)
  if (!isInPools(instance.tags, pools)) throw unknownInstance(input.name)
  return limitInstance(fleet, instance, pools)
}
