import { leastLoaded } from './least-loaded.ts'
import type { Strategy } from './strategy.ts'

/** A contact keeps its number; one without a number, or whose number cannot serve, gets the least loaded. */
export const sticky: Strategy = { followsPreference: true, order: leastLoaded.order }
