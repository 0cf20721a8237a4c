/** Sizes of the two pools of a process. */
export type PoolSizes = { claims: number; registry: number }

/**
 * Claims: one for each statement that may run beside the claims, which have a connection of their own: releases, confirms,
 * and readings of the fleet and of contacts.
 */
export const POOL_SIZES: PoolSizes = { claims: 4, registry: 8 }

/** Connections that a process opens at most: the pools, the one for claims, and an API's one for LISTEN. */
export const connectionsOf = (sizes: PoolSizes): { api: number; scheduler: number } => ({
  api: sizes.claims + sizes.registry + 2,
  scheduler: sizes.claims + sizes.registry + 1,
})
