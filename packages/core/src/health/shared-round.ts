import type { Fleet } from '../fleet/fleet.ts'
import { shareFor } from '../ground/share-for.ts'
import { healthRound } from './check-instances.ts'
import type { HealthSummary } from './health.ts'

const SHARED_FOR_MS = 5_000

/** A live round for callers without a key: at most one per 5 s however many callers; later ones get the last. */
export const sharedRound: (fleet: Fleet) => Promise<HealthSummary> = shareFor(SHARED_FOR_MS, healthRound)
