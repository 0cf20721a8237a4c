import { leastLoaded } from './least-loaded.ts'
import { roundRobin } from './round-robin.ts'
import { sticky } from './sticky.ts'
import type { Strategy } from './strategy.ts'

/** Every strategy by the name that callers give. A new one is a pure file and an entry here. */
export const strategies = {
  sticky,
  round_robin: roundRobin,
  least_loaded: leastLoaded,
} as const satisfies Record<string, Strategy>

export type StrategyName = keyof typeof strategies

export const STRATEGIES = Object.keys(strategies) as [StrategyName, ...StrategyName[]]
