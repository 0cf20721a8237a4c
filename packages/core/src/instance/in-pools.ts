import type { Instance } from './instance.ts'

/** The pools that a caller sees, 1 or more; undefined: the whole fleet. */
export type SeenPools = readonly string[] | undefined

/** Whether a caller sees a number with these tags. */
export function isInPools(tags: readonly string[], pools: SeenPools): boolean {
  return pools === undefined || tags.some((tag) => pools.includes(tag))
}

/**
 * An instance as callers of these pools receive it: without other pools that it belongs to, and without the name of another
 * instance that they do not see.
 *
 * @param isSeen whether they see the instance of this name
 */
export function instanceInPools(
  instance: Instance,
  pools: SeenPools,
  isSeen: (name: string) => boolean,
): Instance {
  if (pools === undefined) return instance
  const { duplicateOf } = instance
  const tags = instance.tags.filter((tag) => pools.includes(tag))
  if (duplicateOf === null || isSeen(duplicateOf)) return { ...instance, tags }
  const action = instance.action?.replace(`"${duplicateOf}"`, 'another number') ?? null
  return { ...instance, tags, duplicateOf: null, action }
}
