import { leastLoaded } from './least-loaded.ts'
import type { Strategy } from './strategy.ts'

/** A person keeps hearing from the same number; who has none yet, or whose number cannot serve, gets the least loaded. */
export const sticky: Strategy = { followsPreference: true, order: leastLoaded.order }
