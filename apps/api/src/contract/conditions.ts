import { z } from 'zod'
import { instant } from './text.ts'

/** What the fleet stands on: Evolution, the scheduler's polling, the time zone of its midnight, this release. */
export const conditions = z.object({
  evolution: z.object({ reachable: z.boolean(), simulated: z.boolean(), version: z.string().nullable() }),
  polling: z.object({ alive: z.boolean(), lastRoundAt: instant.nullable() }),
  timeZone: z.string(),
  version: z.string(),
})
